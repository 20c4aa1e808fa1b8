"""How the British shorten given names: an article that names David Bloggs may go on with "Dave added"."""

from collections.abc import Mapping

from scheduler.excerpts.vocabulary import words_of

_SHORTENED = """
abby abbie: abigail; al: alan albert alexander alistair alastair; alex: alexander alexandra alexis alexandria;
andy: andrew; angie: angela; annie: ann anne anna; becky: rebecca; bella: isabella annabel; ben: benjamin benedict;
bernie: bernard bernadette; beth: elizabeth bethany; bill billy: william; bob bobby: robert; cath cathy: catherine;
charlie: charles charlotte; chris: christopher christine christina christian; chrissie: christine; cindy: cynthia;
cliff: clifford; dan danny: daniel; dani: danielle; dave: david; deb debs debbie: deborah debra; dick: richard;
don: donald; doug: douglas; ed eddie: edward edmund edwin; ellie: eleanor elizabeth ellen; emmy: emma;
frank: francis franklin; fran: frances francesca francis; fred freddie: frederick; gabby: gabrielle; gaz: gary gareth;
geoff: geoffrey; gerry: gerald gerard; gill: gillian; ginny: virginia; greg: gregory; harry: harold henry;
iz izzy: isabel isabella isobel; jack: john; jackie: jacqueline; jamie: james; jan: janet janice; jen jenny: jennifer;
jeff: jeffrey; jerry: gerald jeremy jerome; jess: jessica; jim jimmy: james; jo: joanne joanna josephine joan;
joe joey: joseph; john jon: jonathan; josh: joshua; julie: julia; kate katie: katherine catherine kathryn katharine;
kath kathy: kathleen katherine kathryn katharine; kat: katherine kathryn katrina; ken kenny: kenneth; kim: kimberley
kimberly; larry: laurence lawrence; len: leonard; lex: alexander; liz lizzie: elizabeth; lou: louise louis; lyn: lynda
lynette; maddy maddie: madeleine madeline; maggie: margaret; mandy: amanda; marge: margaret; matt: matthew; max:
maxwell maximilian maxine; meg: megan margaret; mel: melanie melissa melvin; mick mike mikey: michael; millie: camilla
millicent amelia; mo: mohammed mohamed muhammad mohammad maureen; nat: nathan natalie nathaniel natasha; ned: edward;
nick nicky: nicholas nicola; nicki nikki: nicola nicole; oli olly ollie: oliver olivia; paddy: patrick; pam: pamela;
pat: patrick patricia; patsy: patricia; peggy: margaret; penny: penelope; pete: peter; phil: philip phillip; pip:
philip philippa; raj: rajesh rajiv; ray: raymond; reg: reginald; rich richie rick ricky: richard; rob robbie:
robert; rod: roderick rodney; ron ronnie: ronald; russ: russell; sal sally: sarah; sam sammy: samuel samantha; sandy:
alexander sandra; seb: sebastian; shaz: sharon; si: simon; stan: stanley; steph: stephanie; steve: stephen steven;
stu: stuart stewart; sue susie: susan suzanne; tash: natasha; ted teddy: edward theodore; terry: terence teresa;
tess: teresa theresa; theo: theodore; tim: timothy; toby: tobias; tom tommy: thomas; tony: anthony antony; tori:
victoria; tricia trish: patricia; vicky vicki: victoria; vin: vincent; viv: vivien vivienne; wes: wesley; will willie:
william; zac zach zack: zachary
"""


def _read(table: str) -> Mapping[str, frozenset[str]]:
    pairs = (entry.split(":") for entry in table.split(";"))
    return {short: words_of(longer) for shorter, longer in pairs for short in shorter.split()}


_LONGER = _read(_SHORTENED)


def is_short_for(short: str, name: str) -> bool:
    """Whether one given name is commonly said for the other."""
    return name.lower() in _LONGER.get(short.lower(), ())
