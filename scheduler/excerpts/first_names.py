"""Given names that tell "he" from "she" in Britain: evidence that words name a person, and which pronoun does not mean them.

Names that both bear (Alex, Chris, Sam, Jo, Kim, Ashley …) count as names and say nothing of the pronoun. A name that is
missing here is no evidence of anything.
"""

from scheduler.excerpts.vocabulary import words_of

_MEN = words_of(
    """
    aaron abdul abdullah abraham adam adrian ahmed aidan alan alastair albert alexander alfie alfred ali alistair
    allan allen amir andrew andy angus anil anthony antonio archie arjun arnold arthur arun asif barnaby barry ben
    benjamin bernard bill billy bob brad bradley brandon brendan brian bruce bryan bryn callum calum cameron carl
    carlos cedric charles christian christopher ciaran clive colin conor connor craig curtis cyril dafydd damian
    damien daniel darren dave david dean declan denis dennis derek dermot desmond dev dewi dominic donald dougal
    douglas duncan dwayne dylan eamon ed eddie edgar edmund eduardo edward edwin eliot elliot emlyn emrys eric
    ernest ethan euan evan ewan farhan faisal felix fergus finlay finn francisco frank fraser fred freddie frederick
    gareth gary gavin geoff geoffrey george geraint gerald gerard gerry giles giovanni glyn godfrey gordon graeme
    graham grant greg gregory guy gwilym hamish hamza harold harry harvey hassan hector henry herbert howard hugh
    hugo hussain hussein huw iain ian ibrahim idris imran isaac ismail ivan ivor iwan jack jacob jake james jason
    javier jeff jeffrey jeremy jerome jim jimmy joe joel john johnny jon jonathan joseph josh joshua juan julian
    justin kamal karl keith ken kenneth kevin khalid kieran kofi kwame kwabena lachlan lance laurence lawrence leo
    leon leonard lewis liam lloyd llŷr lorenzo louis lucas luke magnus malcolm manuel marc marco marcus mario mark
    martin martyn marlon marvin mathew matt matthew maurice max michael miguel mike mohamed mohammad mohammed mohan
    muhammad murray mustafa nathan neil neville nicholas nick nigel noah noel norman oliver omar oscar osman owain
    owen patrick paul pedro percy peter phil philip phillip pierre piotr prakash quentin raj rajesh ralph ravi ray
    raymond reginald rhys richard rob robert roberto rodney roger roland ronald ronnie rory ross roy rupert russell
    ryan salim sanjay sean sebastian seamus shane shaun sidney silas simon stanley stefan stephen steve steven
    stewart stuart sunil suresh syed tariq ted terence theo thomas tim timothy toby tom tomasz tommy tony trevor
    tristan tudor usman vernon victor vikram vincent vivek walter warren wayne wilfred william winston yusuf zachary
    """
)
_WOMEN = words_of(
    """
    abigail ada adele agnes aileen aisha alexandra alice alison amanda amelia amina amy andrea angela angharad anita
    ann anna annabel anne annette annie antonia aoife audrey ava barbara beatrice becky belinda bernadette beth
    bethan betty beverley bianca brenda bridget bronwen camilla carla carol carole caroline carolyn catherine cathy
    catrin celia ceri charlotte chloe christina christine claire clara clare claudia colette constance cynthia daisy
    danielle daphne davina dawn deborah debbie deirdre denise diana diane dianne donna dora doreen doris dorothy
    edith eileen elaine eleanor elena eleri elin elizabeth ella ellen eloise elsie emily emma erica erin esme
    estelle esther eunice eva eve faith farah fatima felicity ffion fiona fleur flora florence frances francesca
    freya gail gaynor gemma georgia georgina geraldine gillian gina gladys glenda gloria grace greta gwen gwyneth
    hannah harriet hazel heather heidi helen helena henrietta hermione hilda holly imogen indira ingrid irene iris
    isabel isabella isla ivy jacqueline jacqui jane janet janice jasmine jayne jean jeanette jemima jennifer jenny
    jessica jessie jill joan joanna joanne josephine joyce judith judy julia julie juliet june kate katherine
    kathleen kathryn kathy katie katy kayleigh keira kirsten kirsty laila lana lara laura lauren leila lesley lilian
    lily linda lisa liz llinos lois lorna lorraine louisa louise lucinda lucy lydia lynda lynn lynne mabel madeleine
    maggie mairead malala mandy margaret maria marian marianne marie marina marion marjorie martha mary matilda
    maureen maya megan melanie melissa mercy meryl mia michelle mildred millie miranda miriam moira molly mona
    monica muriel nadia nancy naomi natalie natasha nell nerys nesta niamh nicola nicole nina nora noreen norma olga
    olive olivia olwen orla pamela pat patricia paula pauline penelope penny phoebe phyllis polly priti priya
    priyanka rachael rachel ramona rebecca rhian rhiannon rhoda rita roisin rosa rosalind rose rosemary rosie rowena
    roxanne ruby ruth sabrina saima sally samantha samina sandra sara sarah saskia shabana shanice sharon sheila
    sheena shelley shirley shola sian siân siobhan siobhán sioned sofia sonia sophia sophie stella stephanie sue
    sunita susan susanna suzanne suzy sylvia tabitha tamara tamsin tania tanya tara teresa thelma theresa tina
    tracey tracy una ursula valerie vanessa vera verity veronica vicky victoria vidya viola violet virginia wendy
    winifred yasmin yvette yvonne zahra zara zoe zoë
    """
)
_EITHER = words_of(
    """
    addison alex ali ari ash ashley aubrey bailey billie blair bobbie brett cameron casey charlie chris cory
    courtney dale dana darcy drew eden eli ellis emery frankie gabriel gale georgie glen hayden hilary jackie jaime
    jamie jan jay jess jesse jo jocelyn jody jordan jude jules kai kelly kerry kim kit kyle lee leigh leslie
    lindsay logan lou lyn mel meredith micah mo morgan nat nicky nikki pat quinn reece remy rene rhys robbie robin
    ronnie rowan sacha sam sammy sandy sasha shannon shay sid stacey stevie sydney taylor terry toni vivian wren
    zion
    """
)
_BORNE_BY_BOTH = (_MEN & _WOMEN) | _EITHER


def is_first_name(word: str) -> bool:
    """Whether the word is a given name of this list, in whatever letters it is written."""
    first = word.lower().split("-")[0]
    return first in _MEN or first in _WOMEN or first in _EITHER


def gender_of(word: str) -> str:
    """ "m" or "f" where nearly all who bear the name are; "" where it does not say."""
    first = word.lower().split("-")[0]
    if first in _BORNE_BY_BOTH:
        return ""
    return "m" if first in _MEN else "f" if first in _WOMEN else ""
