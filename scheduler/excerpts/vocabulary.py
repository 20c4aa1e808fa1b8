"""The closed lists of words by which names are told from titles, ranks, roles and organisations."""


def words_of(words: str) -> frozenset[str]:
    """The words of a list written as running text."""
    return frozenset(words.split())


TITLES = words_of(
    """
    mr mrs ms miss mx dr prof professor sir dame lord lady baroness rev reverend revd cllr councillor hon rt
    father sister
    """
)
PLAIN_TITLES = frozenset({"mr", "mrs", "ms", "miss", "mx", "rt", "hon"})  # dropped where the full name follows
RANKS = words_of(
    """
    pc dc ds di dci dsu dcs ps pcso wpc acc dcc cc sgt insp supt det ch ch/insp const constable inspector
    sergeant superintendent detective chief commander captain major colonel lieutenant general brigadier admiral
    commodore marshal commissioner officer warden corporal private squadron wing flight lt col capt maj cmdr cdr
    gen
    """
)
ROLES = words_of(
    """
    minister secretary director manager head leader chair chairman chairwoman chairperson co-chair president
    vice deputy assistant executive ceo coo cfo founder co-founder mayor cabinet member members portfolio holder
    lead spokesperson spokesman spokeswoman ambassador patron doctor nurse coordinator co-ordinator adviser
    advisor prosecutor solicitor judge justice bishop archbishop analyst engineer scientist teacher headteacher
    principal chancellor dean lecturer researcher governor trustee volunteer survivor campaigner organiser
    curator editor mp msp ms am mla police crime home foreign prime interim acting senior junior national
    regional local area strategic operational head-teacher specialist consultant partner owner treasurer
    comptroller ombudsman registrar regulator sheriff whip speaker peer professor temporary custody vet driver
    farmer grandmother grandfather mum dad mother father parent student pupil resident neighbour customer tenant
    guide ranger midwife paramedic firefighter lifeguard chef author artist actor actress singer presenter
    broadcaster historian photographer librarian shopkeeper postmaster pharmacist dentist gp surgeon
    psychologist barrister lawyer accountant economist ecologist biologist geologist naturalist gardener builder
    electrician plumber mechanic skipper coxswain pilot sailor rower runner cyclist swimmer footballer cricketer
    coach referee athlete olympian paralympian champion winner veteran carer fundraiser poet writer journalist
    designer architect therapist counsellor chaplain vicar developer landlady landlord steward matron curate
    verger conservationist investigating investigator neighbourhood safeguarding programme project policy
    campaigns communications operations development public affairs media press mental health safety
    environmental enforcement flood risk general medical technical managing commercial chiefs executives
    directors ministers committee
    """
)
ORGANISATIONS = words_of(
    """
    council trust society association foundation commission agency authority force service services department
    ministry office federation union university college school hospital centre center group board panel network
    alliance partnership charity fund bank company ltd limited plc inc team unit aid relief rescue project
    coalition campaign forum advice citizens crimestoppers nhs constabulary borough county city town district
    parish parliament government institute institution academy club church international global world british
    royal england wales scotland britain ireland northern southern eastern western north south east west central
    greater kingdom uk scottish welsh english irish european london street road house support helpline line
    watch action awareness day week month year centre's report review bill act plan strategy party labour
    conservative liberal democrat green education justice welfare veterans defence transport culture sport women
    men children people youth families victims schools community communities care january february march july
    september october november december monday tuesday wednesday thursday friday saturday sunday the a an this
    that these our their his her its it he she they we you i and but if for from with at of in on to as by
    speaking today commenting responding however meanwhile also new first last one two three
    """
)
PARTICLES = words_of("de da del della di dos du la le van von der den ten al el bin ibn ap ab ben st")
