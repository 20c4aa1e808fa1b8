"""The words by which an article says that somebody speaks, and the things that only carry words: posters, songs, scripts."""

import re

from scheduler.excerpts.vocabulary import any_of, words_of

_VERBS = any_of(
    """
    said says saying added adds adding continued continues continuing explained explains explaining commented comments
    commenting urged urges warned warns concluded concludes stated states remarked told tells insisted insists stressed
    stresses noted notes recalled recalls admitted admits agreed agrees announced revealed replied replies responded
    responds reflected reflects declared argued argues described describes praised praises welcomed welcomes reiterated
    emphasised emphasises emphasized emphasizes confirmed confirms observed pleaded pleads appealed appeals promised
    promises joked jokes acknowledged suggested suggests thanked wrote writes asked asks answered tweeted posted pledged
    vowed claimed claims remembered remembers advised advises cautioned cautions conceded concedes quipped laughed
    smiled exclaimed sighed enthused mused maintained maintains predicted complained marvelled recounted signed
    whispered shouted laughs smiles sighs grins grinned chuckles chuckled beams beamed muses quips counters countered
    exclaims enthuses wonders wondered worries worried whispers shouts complains predicts vows pledges
    """,
    "to say",
    "to add",
    "summed up",
    "sums up",
    "paid tribute",
    "called on",
    "ha[ds] this message",
    "pointed out",
    "points out",
    "went on",
    "goes on",
    r"puts? it (?:(?:more|very|rather|quite|even|most) )?(?:\w+ly|best|well|another way|(?:like )?this|thus|in a nutshell)"
    r"(?=\s*(?:[:,.“”\"]|$))",
)
VERB = re.compile(rf"\b{_VERBS}\b", re.IGNORECASE)
VERB_FIRST = re.compile(rf"[\s,]*(?:(?:so|thus|and|as)\s+)?{_VERBS}\s+(?=\S)", re.IGNORECASE)
# Verbs that introduce speech by themselves, with or without a colon; the others need one.
PLAIN_VERBS = words_of(
    """
    said says added adds continued continues explained explains commented comments concluded stated remarked
    urged warned
    """
)
TELLS = re.compile(r"told|tells|assured|reminded|warned|asked|urged", re.IGNORECASE)
CARRIES_ON = re.compile(r"\b(?:to )?(?:add|contin|conclu|went on|goes on)", re.IGNORECASE)
POSTED = re.compile(r"posted|tweeted", re.IGNORECASE)
# "Jo Bloggs, baker, said: We are glad.": the first mark was lost, or there never was one.
SAYS_THEN = re.compile(rf"\b{_VERBS}\s*:\s+(?=[A-Z])", re.IGNORECASE)
FIRST_PERSON = re.compile(r"\b(?:I|me|[Mm]y|mine|myself|[Ww]e|us|[Oo]urs?)\b")
SELF = re.compile(r"\b(?:I|[Mm]y|me|myself)\b")
REPORTED = re.compile(r"\b(?:said|says|told|added|explained|stated|commented)\b", re.IGNORECASE)
_GOES_ON = re.compile(
    r"[\s,.–—-]*(?:and |before |but |then |also )*(?:adding|added|continuing|continued|concluding|concluded|saying)\s*[:,]?\s*",
    re.IGNORECASE,
)

# "Jo Bloggs, baker, said after the hearing:": what follows is speech, with marks or without.
_SAYS_AT_END = re.compile(
    rf"\b{_VERBS}(?:\s+(?:at|after|in|on|during|before|outside|following|today|yesterday|tonight)\b[^:;]{{0,80}})?\s*[:;]$",
    re.IGNORECASE,
)

_CARRIERS = any_of(
    """
    posters? signs? banners? leaflets? letters? messages? websites? reports? texts? slogans? mottos? placards? law act
    guidance survey e-?mails? labels? notices? notes? stickers? poems? songs? lyrics chorus verses? plaques?
    inscriptions? headlines? captions? hashtags? tweets? posts? adverts? scripts? prayers? hymns? psalms? books?
    reviews? entry entries citation policy charter definition handbook code regulations? section article logo t-shirts?
    badges? cards? app page form
    """
)
_CARRIES_WORDS = re.compile(
    rf"(?:^|\s){_CARRIERS}(?:$|,|\s+(?:in|on|at|from|left|outside|behind|with|by|read|found|that|which|to|for|will)\b.{{0,60}}$)"
)
_OPENING = re.compile(r"^(?:(?:the|an?|this|our|one)\s+)?[A-Z]", re.IGNORECASE)
# "Head of Policy at Safe Harbour", "Jo Bloggs, head of policy at …": a carrier's name within a role.
_OF = re.compile(r"\bof\s+(?:[\w’'-]+\s+){0,3}$", re.IGNORECASE)
_THING = re.compile(r"(?:it|this|that|there|which|what)\b", re.IGNORECASE)
# What somebody is to say, or might: "Text us saying", "you can say".
_SCRIPTED = re.compile(
    r"\b(?:you|anyone|callers?|people|who|staff|customers?|drivers|parents|children|they|we)\s+"
    r"(?:can|should|may|could|might|would|must|need|want)\b"
    r"|^(?:please|simply|just|text|say|ask|remember|call|tell|reply|if|look|listen|try|start|whisper)\b",
    re.IGNORECASE,
)
_WHO = re.compile(r",\s+(?:who|whose|which)\b")
_LED = re.compile(
    r"^(?:in|on|at|after|during|with|from|to|as|when|while|if|asked|\w+ing)\b[^,]*,\s*(?=\S)", re.IGNORECASE
)


def is_nobody(subject: str) -> bool:
    """Whether the words before a verb say that nobody speaks: a poster, a thing, or what somebody is told to say."""
    own = _OPENING.sub(lambda opening: opening[0].lower(), _WHO.split(_LED.sub("", subject), maxsplit=1)[0])
    carrier = _CARRIES_WORDS.search(own)
    carries = carrier is not None and not _OF.search(own[: carrier.start() + 1])
    return carries or bool(_THING.match(own) or _SCRIPTED.search(subject))


def only_goes_on(words: str) -> bool:
    """Whether words between two quotes say no more than that the same person goes on: ", adding: "."""
    return bool(_GOES_ON.fullmatch(words))


def ends_in_saying(words: str) -> bool:
    """Whether a clause ends with the verb by which somebody speaks, and a colon: what follows may as well have no marks."""
    return bool(_SAYS_AT_END.search(words))
