"""The closed lists of words by which names are told from titles, ranks, roles and organisations."""


def words_of(words: str) -> frozenset[str]:
    """The words of a list written as running text."""
    return frozenset(words.split())


def any_of(words: str, *phrases: str) -> str:
    """A pattern for any of the words of a running text, or of some phrases; longer ones go before what they begin with."""
    by_letter: dict[str, list[str]] = {}  # so that of a hundred words only those with the right first letter are tried
    for each in sorted([*words_of(words), *phrases], key=len, reverse=True):
        letter = each[0] if each[0].isalpha() else ""
        by_letter.setdefault(letter, []).append(each.removeprefix(letter))
    groups = (letter + "(?:" + "|".join(rest) + ")" for letter, rest in by_letter.items())
    return rf"(?:{'|'.join(groups)})"


TITLES = words_of(
    """
    mr mrs ms miss mx dr prof professor sir dame lord lady baroness rev reverend revd cllr clr councillor hon rt
    father sister brother most very right honourable venerable canon viscount viscountess earl cynghorydd athro
    parchedig
    """
)
PLAIN_TITLES = words_of("mr mrs ms miss mx")  # dropped where the full name follows
RANKS = words_of(
    """
    pc dc ds di dci dsu dcs ps pcso wpc acc dcc cc sgt insp supt det ch ch/insp const constable inspector sergeant
    superintendent detective chief commander captain major colonel lieutenant general brigadier admiral commodore
    marshal commissioner officer warden corporal private squadron wing flight lt col capt maj cmdr cdr gen dsupt
    dcsupt csupt chsupt chinsp cfo dcfo acfo pcc dpcc pfcc staff bosun petty rating watch dep asst temp actg cpl pte
    wo brig gm wm sm
    """
)
ROLES = words_of(
    """
    minister secretary director manager head leader chair chairman chairwoman chairperson co-chair president vice
    deputy assistant executive ceo coo cfo founder co-founder mayor cabinet member members portfolio holder lead
    spokesperson spokesman spokeswoman ambassador patron doctor nurse coordinator co-ordinator adviser advisor
    prosecutor solicitor judge justice bishop archbishop analyst engineer scientist teacher headteacher principal
    chancellor dean lecturer researcher governor trustee volunteer survivor campaigner organiser curator editor mp
    msp ms am mla police crime home foreign prime interim acting senior junior national regional local area
    strategic operational head-teacher specialist consultant partner owner treasurer comptroller ombudsman registrar
    regulator sheriff whip speaker peer professor temporary custody vet driver farmer grandmother grandfather mum
    dad mother father parent student pupil resident neighbour customer tenant parliamentary permanent shadow
    under-secretary procurator fiscal controller duty coastguard beneficiary guide ranger midwife paramedic
    firefighter lifeguard chef author artist actor actress singer presenter broadcaster historian photographer
    librarian shopkeeper postmaster pharmacist dentist gp surgeon psychologist barrister lawyer accountant economist
    ecologist biologist geologist naturalist gardener builder electrician plumber mechanic skipper coxswain pilot
    sailor rower runner cyclist swimmer footballer cricketer coach referee athlete olympian paralympian champion
    winner veteran carer fundraiser poet writer journalist designer architect therapist counsellor chaplain vicar
    developer landlady landlord steward matron curate verger conservationist investigating investigator
    neighbourhood safeguarding programme project policy campaigns communications operations development public
    affairs media press mental health safety environmental enforcement flood risk general medical technical managing
    commercial chiefs executives directors ministers committee imam rabbi pastor archdeacon rector warden bursar
    proctor provost elder tutor mayoress deputy-leader vice-chair vice-president vice-chancellor secretary-general
    director-general attorney-general comms crew crewman helmsman station group control-room baker butcher cook
    cleaner caretaker receptionist apprentice trainee intern student-nurse mum-of-two dad-of-two widow widower aunt
    uncle daughter son sister-in-law brother-in-law brother cousin niece nephew wife husband co-director co-leader
    co-ordinators spokes-person delegate envoy inspectorate auditor recruiter buyer trader publican busker
    magistrate recorder clerk advocate investigators detectives analysts attorney counsel wildlife road crimes
    investigations protection prevention protecting vulnerable lord-lieutenant surfer skater groundsman choirmaster
    conductor stallholder foreman yard caterer florist grower newsagent donor handler bailie housing planning policing
    farming shipping fishing building nursing training
    """
)
# Words of a role that never stand right before a name: "Regional Tom Pike" is nobody.
ROLE_ADJECTIVES = words_of(
    """
    vice deputy assistant cabinet police crime home foreign prime interim acting senior junior national regional
    local area strategic operational specialist temporary custody investigating neighbourhood safeguarding programme
    project policy campaigns communications operations development public affairs media press mental health safety
    environmental enforcement flood risk general medical technical managing commercial chiefs executives directors
    ministers committee wildlife road crimes investigations protection prevention protecting vulnerable station
    group crew control-room portfolio members parliamentary permanent shadow housing planning policing farming
    shipping fishing building nursing training
    """
)
ORGANISATIONS = words_of(
    """
    council trust society association foundation commission agency authority force service services department
    ministry office federation union university college school hospital centre center group board panel network
    alliance partnership charity fund bank company ltd limited plc inc team unit aid relief rescue project coalition
    campaign forum advice citizens crimestoppers nhs constabulary borough county city town district parish
    parliament government institute institution academy club church international global world british royal england
    wales scotland britain ireland northern southern eastern western north south east west central greater kingdom
    uk scottish welsh english irish european london street road house support helpline line watch action awareness
    day week month year centre's report review act plan strategy party labour conservative liberal democrat green
    education justice welfare veterans defence transport culture sport women men children people youth families
    victims schools community communities care january february march july september october november december
    monday tuesday wednesday thursday friday saturday sunday the a an this that these our their his her its it he
    she they we you i and but if for from with at of in on to as by speaking today commenting responding however
    meanwhile also new first last one two three water rail energy power mail airport airways railway railways homes
    housing hospice ribbon samaritans museum gallery theatre library cathedral mosque synagogue temple minster abbey
    infirmary ambulance primary secondary juniors infants observatory upper lower nether great little rd ave clinic
    surgery practice foodbank shelter refuge cafe café stores supermarket holdings consulting technologies systems
    solutions studios productions records media radio television news times post gazette herald echo chronicle
    observer mirror guardian telegraph magistrates court tribunal inspectorate crown high lane avenue close square
    bridge harbour port bay valley forest island islands q question answer reporter interviewer statement response
    quote comment ends editors notes office's operation programme scheme initiative unison unite gmb cymru alba rnli
    place terrace crescent quay gardens promenade parade exchequer
    rspca rspb nspcc raf rn mod dwp hmrc hmp hse nca cps ofsted ofcom ukhsa bbc itv
    """
)
PARTICLES = words_of(
    "de da das del della di do dos du la le van von der den ten ter al el bin binti ibn ap ab ferch ben st y e zu"
)

# Words that are a role, a place or an organisation by themselves, and a surname after a first name: "Julie Bishop".
SURNAMES_TOO = words_of(
    """
    bishop judge major marshal north west east day green church english england ireland driver farmer singer carter
    cook baker butcher mason may march king pope abbot dean constable sergeant warden chambers price rose gardener
    pilot banks parish miller butler chaplain archer fisher chancellor steward power powers water mail bridge close
    bay lane rail forest port echo post times reader rector temple law carr elder shepherd knight squires cousin
    bird speaker sheriff usher crown high news little lower abbey champion court crew earl flood friend head holder
    husband justice lord mayor parent pastor petty place player proctor royal scotland senior southern street town
    wales welsh western wing winner
    """
)

# With which the names of places end that begin with a person's.
PLACES = words_of(
    """
    farm ward house baths park court lodge hall hill gardens forest school wing suite unit estate grove mill mills manor
    villa cottage place terrace home homes college barn heath green wood woods field fields
    """
)

# Organisations that are called like a person.
EPONYMS = frozenset(
    {
        ("marie", "curie"),
        ("sue", "ryder"),
        ("john", "lewis"),
        ("leonard", "cheshire"),
        ("severn", "trent"),
        ("alder", "hey"),
        ("taylor", "wimpey"),
        ("morgan", "sindall"),
        ("rolls", "royce"),
        ("laura", "ashley"),
        ("ernst", "young"),
    }
)

# Those who speak without a name: the words for them are all that a quote may be signed with.
UNNAMED = words_of(
    """
    spokesperson spokesman spokeswoman spokespeople survivor survivors victim victims family families parents mother
    mum mam father dad stepfather stepmother guardian wife husband partner widow widower son daughter brother sister
    aunt uncle cousin niece nephew grandmother grandfather grandparents gran great-aunt relatives relative friend
    friends neighbour neighbours resident residents shopkeeper witness witnesses passer-by passenger passengers
    motorist pensioner teenager girl boy woman man pupil pupils student students teacher teachers patient patients
    customer customers visitor visitors caller callers volunteer volunteers member carer carers owner tenant tenants
    complainant worker workers source sources insider colleague colleagues user users participant participants
    respondent respondents attendee attendees learner learners soldier officer fans player players employee
    employees farmer anonymous representative representatives solicitor lawyer lawyers bereaved youngster grandson
    granddaughter
    """
)
# More of them, which with a capital letter may be names.
KIN = words_of(
    """
    nan nana nanny granny grandma grandpa grandad granddad fiancé fiancée fiance fiancee godmother godfather stepson
    stepdaughter twin mummy daddy boyfriend girlfriend classmate teammate flatmate
    """
)

# Words with the ending of an occupation ("handler", "florist") that are none.
NO_OCCUPATIONS = words_of(
    """
    after other over under never ever later former together whether however either neither rather another earlier
    her number order water winter summer paper letter river centre weather further silver october november december
    september easter for or nor floor door poor major minor per proper inner outer upper lower better bigger older
    younger newer greater human woman german roman important different recent present current patient parent event
    government department movement moment comment statement student urgent
    """
)
