"""Given names that tell "he" from "she" in Britain: evidence that words name a person, and which pronoun does not mean them.

Names that both bear (Alex, Chris, Sam, Jo, Kim, Ashley …) count as names and say nothing of the pronoun. A name that is
missing here is no evidence of anything.
"""

from functools import lru_cache
from unicodedata import combining, normalize

from scheduler.excerpts.vocabulary import words_of

_MEN = words_of(
    """
    aaron abdul abdullah abhishek abraham adam aditya adrian ahmed aidan ajay akash alan alasdair alastair
    albert alec aled alexander alfie alfred ali alistair allan allen alun ambrose amir amit anand andrei
    andrew andy angelo angus anil anthony antonio antony aonghas archibald archie arjun arnold arthur arun
    arvind arwel ashok asif babatunde barnaby barney barry basil ben benedict benjamin bernard bert bertie
    berwyn bill billy bob bobby bogdan brad bradley brandon brendan brian bruce bryan bryn byron callum
    calum cameron carl carlos carwyn cathal cecil cedric charles chidi chinedu christian christopher
    chukwuemeka ciaran cillian clarence clement cliff clifford clive colin connor conor cormac craig curtis
    cyril dafydd damian damien dan daniel danny dariusz darren dave david dean declan deepak denis dennis
    derek dermot desmond dev dewi diarmuid dilwyn dinesh dmitri domhnall dominic donal donald donnchadh
    dougal douglas dudley duncan dwayne dylan eamon ed eddie edgar edmund eduardo edward edwin eifion elfed
    elijah eliot elliot emeka emlyn emrys eoghan eoin eric ernest ernie ethan euan evan ewan ewen fabian
    faisal farhan fearghal felix fergal fergus finlay finn fionn francis francisco frank franklin fraser
    fred freddie frederick ganesh gareth gary gavin geoff geoffrey george geraint gerald gerallt gerard
    gerry gethin gilbert giles giovanni glyn godfrey gopal gordon graeme graham grant greg gregor gregory
    gruffudd gruffydd grzegorz gus guy gwilym gwyn hamish hamza harish harold harry harvey hassan hector
    henry herbert horace howard hubert hugh hugo humphrey hussain hussein huw hywel iain ian ibrahim idris
    iestyn ieuan ifan igor ikenna imran imtiaz ioan irfan isaac ishaan islwyn ismail ivan ivor iwan jack
    jacob jagdish jake jakub james janusz jason javed javier jed jeff jeffrey jeremiah jeremy jermaine
    jerome jerzy jim jimmy joe joel joey john johnny jon jonah jonathan jonty joseph josh joshua juan julian
    junaid justin kabir kacper kamal kamil karan karl kartik kayode keith kelvin ken kenneth kenny kevin
    khalid kieran kishore kofi kojo krzysztof kwabena kwadwo kwaku kwame kwasi kwesi lachlan lance laszlo
    laurence lawrence leo leon leonard leroy lewis liam lloyd llŷr lorenzo louis lucas luis lukasz luke
    maciej magnus mahesh malachy malcolm mamadou manish manoj manuel marc marcin marco marcus marek mario
    mark marlon martin martyn marvin mateusz mathew matt matthew maurice max maximilian maxwell mehmet
    meirion melvin mervyn michael michal micheal mick miguel mihai mike mikhail mikolaj miroslav mohamed
    mohammad mohammed mohan monty moussa muhammad mukesh murdo murray musa mustafa nathan nathaniel naveed
    naveen ned neil neville nicholas nick nigel nikhil nikolai nitin nnamdi noah noel norman obinna oisin
    oleg oleksandr oliver ollie olumide omar oscar osian osman oswald otis otto owain owen pablo padraic
    padraig pankaj patrick paul pavel pawel pedro percy pete peter petr phil philip phillip pierre piotr
    pradeep prakash pranav praveen quentin rafal rahul raj rajesh rajiv rakesh ralph ramesh ramon raphael
    rashid raul ravi ray raymond reg reginald rehan reuben rex rhodri rhys ricardo richard rick ricky rishi
    ritchie rob robert roberto roderick rodney rodrigo roger rohan rohit roland ron ronald ronnie rory ross
    roy ruairi ruairidh ruaridh ruben rufus rupert russell ryan sachin salim salman sameer samuel sandeep
    sanjay sanjeev satish seamus sean seb sebastian segun sergei sergio seth shahid shahzad shane sharif
    shaun sidney silas simon sipho slawomir sohail srinivas stan stanislaw stanley stefan steffan stephen
    steve steven stewart struan stu stuart subhash sudhir sukhdev sumit sunil suresh sven syed szymon
    tadeusz tahir tariq ted teddy terence terrence thabo themba theo theodore thomas tim timothy tobias toby
    todd tom tomas tomasz tommy tomos tony torquil trefor trevor tristan tudor tunde tyler tyrone umar usman
    varun venkat vernon victor vijay vikram viktor vinay vince vincent vinod vishal vivek vladimir volodymyr
    walter warren waseem wasim wayne wesley wilf wilfred william willie winston wojciech xavier younis yuri
    yusuf zac zach zachary zack zafar zaheer zain zbigniew zeeshan zoltan zubair
    """
)
_WOMEN = words_of(
    """
    aarti abbie abby abena abigail ada adaeze adaora adele aditi adwoa agata agatha agnes agnieszka aileen
    aine aisha aisling akua aleksandra alexandra alexandria alexis alice alison amaka amanda amelia amina
    aminata amrita amy anastasia andrea aneta angela angharad angie anita anjali anju ann anna annabel
    annalise anne annette annie antonia anushka anwen aoife aparna arabella archana asha astrid audrey ava
    ayesha barbara beata beatrice beca becky belinda bernadette bernice bess bessie beth bethan bethany
    betsan betsy betty beverley bhavna bianca bonnie brenda brid bridget bronwen bryony bukola caitlin
    caitriona camilla candice caoimhe carla carly carmen carol carole caroline carolyn carrie carys
    cassandra cath catherine cathy catrin catriona cecilia cecily celia ceri cerys chantal chantelle
    charlene charlotte cheryl chiamaka chinyere chioma chloe christina christine ciara cindy claire clara
    clare clarissa claudia clementine clodagh colette constance cordelia corinne cynthia daisy danielle
    danuta daphne darlene davina dawn debbie deborah debra debs deepa deepika deirdre delia delphine delyth
    denise dervla devika diana diane dianne dinah divya donna dora doreen doris dorota dorothy edith edna
    edyta effie efua eileen eilidh eimear eirlys elaine eleanor elen elena eleri elin elise eliza elizabeth
    ella ellen ellie eloise elsie elspeth elzbieta emily emma enid erica erin esme estelle esther ethel
    eunice eva eve evelyn ewa faith farah farzana fatima fatou fatoumata fauzia felicity ffion fiona
    fionnuala fleur flora florence folake frances francesca francine freya funmi funmilayo gabriella
    gabrielle gail galina gaynor geeta gemma genevieve georgia georgina geraldine gertrude gillian gina gita
    gladys glenda glenys gloria glynis grace grainne greta gretchen gretel gwen gwenan gwenda gwendoline
    gwenllian gwenno gwyneth halina hannah harriet hattie hayley hazel heather heidi heledd helen helena
    henrietta hermione hester hetty hilda hina holly humaira ifeoma imelda imogen indira inez ingrid iqra
    irene irina iris isabel isabella ishbel isla isobel ivy iwona izzy jacinta jacqueline jacqui jade
    jadwiga jane janelle janet janette janice janine jasmin jasmine jaya jayne jean jeanette jeannie jemima
    jemma jen jenna jennie jennifer jenny jessica jessie jill jillian joan joanna joanne jodie johanna
    jolanta josephine josie joyce judith judy julia juliana julie juliet june justine justyna jyoti kajal
    kalpana kamila kara karen karin karolina kasia katarzyna kate kath katharine katherine kathleen kathryn
    kathy katie katrina katy kavita kay kayleigh keeley keira kezia kimberley kimberly kinga kirsten kirstin
    kirsty kitty kristen kristin krystyna kylie laila lakshmi lana lara larisa laura lauren lavinia leah
    leanna leanne leena leila leonie leonora lesley letitia libby lilian lily linda lindsey lisa liz lizzie
    llinos lois lola loretta lorna lorraine lottie louisa louise lowri lucinda lucy ludmila lydia lynda
    lynette lynn lynne mabel maddie madeleine madeline maeve magda magdalena maggie mair maire mairead mairi
    maisie malala malgorzata mandy manon marcella marcia mared margaret marged margery margot mari maria
    mariam marian marianne marie marilyn marina marion marjorie marlene marta martha mary maryam matilda
    maud maureen mavis maxine maya meabh meena meera megan meinir melanie melissa menna mercy mererid meryl
    mhairi mia michelle mildred milena millicent millie minnie miranda miriam moira mollie molly mona monica
    monika morag morwenna muireann muriel myfanwy myra nabila nadia nadine nafisa naheed nancy naomi nasreen
    natalia natalie natasha nazia nazma neelam neha nell nellie nerys nessa nesta ngozi nia niamh nicola
    nicole nina nisha nkechi nneka noelle nora norah noreen norma nuala odette oksana olena olga olive
    olivia olufunke olwen omolara oonagh ophelia orla orlaith paige pam pamela parveen pat patricia patsy
    paula paulina pauline peggy penelope penny petra philippa philomena phoebe phyllis pippa polly pooja
    poonam priti priya priyanka rachael rachel radha radhika ramona rani rashida rebecca reena rehana rekha
    renata rhian rhiannon rhoda rhona rita roberta robyn rochelle roisin romilly ronke rosa rosaleen rosalie
    rosalind rosalyn rosanna rose rosemary rosie rowena roxanne roz rubina ruby rukhsana ruth sabrina sadhbh
    sadia sadie saima sajida sally salma samantha samina sandra sangeeta saoirse sapna sara sarah sarita
    saskia savita seema selina selma seren shabana shabnam shaista shanice shanti sharon shauna shazia
    sheena sheila shelley shilpa shirin shirley shobha shola shona shreya sian sienna sile silvia simone
    sinead siobhan siobhán sioned siwan siân sneha sofia sonal sonia sophia sophie sorcha stella steph
    stephanie sue sumaiya sunita susan susanna susannah sushma susie suzanne suzy svetlana swati sybil
    sylvia sylwia tabitha tahira tamara tammy tamsin tania tanya tara tasneem tatiana tegan teresa tess
    tessa thandiwe thea thelma theodora theresa tiffany tilly tina titilayo tracey tracy tricia trina trish
    trisha trudy uma una urmila ursula usha valentina valerie vandana vanessa vera verity veronica vicki
    vicky victoria vidya viola violet virginia vivien vivienne wanda wendy weronika wilma winifred winnie
    xanthe yasmin yelena yetunde yewande yolanda yulia yvette yvonne zahra zainab zanele zara zelda zoe
    zofia zoë zubaida zuzanna
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
    return bool(_bearers(word))


def gender_of(word: str) -> str:
    """ "m" or "f" where nearly all who bear the name are; "" where it does not say."""
    bearers = _bearers(word)
    return bearers if len(bearers) == 1 else ""


@lru_cache(4096)
def _bearers(word: str) -> str:
    """Who bears a name: "m", "f", "mf", or "" of a word that is none; with or without its accents."""
    first = word.lower().split("-")[0]
    bare = "".join(letter for letter in normalize("NFKD", first) if not combining(letter))
    if first in _BORNE_BY_BOTH or bare in _BORNE_BY_BOTH:
        return "mf"
    return "m" if first in _MEN or bare in _MEN else "f" if first in _WOMEN or bare in _WOMEN else ""
