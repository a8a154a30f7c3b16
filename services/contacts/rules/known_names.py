"""Given names that are borne by many in Finland, folded: two of them are two names, not one and its typing error.

A register of some size knows this by itself (commands.duplicate_scans counts); a small one does not.
"""

_TEXT = """
    aada aapo aarne aarno aaro aaron aatu aija aila aili aimi aimo aini aino aira airi ake aki akseli aku albert
    aleksi alex alfred ali aliisa alina alisa allan alma alpo alva amanda amelia anders andreas ane anette anita
    anja anna annamari anne anneli anni annika annu annukka ansa anselmi anssi antero anton antti anu ari arja
    armas armi arne arno arto arttu arvi arvo asa asko asta astrid atte aukusti auli aulis aune aura aurora axel
    barbro beata bengt benjamin bertil birgit birgitta bjorn bo borje brita britta bror camilla carina carita carl
    carola cecilia charlotta christa christel christer christian christina claes daniel david disa ebba edit
    edvard edvin eero eeva eevi eija eila einar eino eira eki elena elias eliel eliisa elin elina elis elisa
    elisabet elisabeth elise elius ella ellen elli elma elna elsa elsi elvi elvira emil emilia emma emmi enni
    ensio erik erika erja erkki erno ernst eskil esko essi ester eva eveliina fanni felix filip frans fredrik
    frida fritz gabriel georg gerda goran greta gun gunilla gunnar gunnel gunvor gustaf gustav hakan hanna hannah
    hanne hannele hanni hannu hans harri harry heidi heikki heino helena helga heli helka helle hellevi helmi hely
    hemmo henna henni henri henriikka henrik henry hermanni hertta hilja hilkka hilma hugo iida iikka iina iiris
    iiro iisa ilari ilja ilkka ilma ilmari ilmo ilona ilpo ilta impi inari inga ingegerd inger ingmar ingrid inka
    inkeri ira irene iria irina iris irja irma irmeli ismo isto ivar jaakko jaana jakob jalmari jan jana jani
    janika janina janita janna janne jari jarkko jarmo jarno jaska jasmin jenna jenni jenny jere jeremias jesse
    jessica jimi joakim joel johan johanna johannes jonas joni jonna jonne joona joonas joose jooseppi jorma jouko
    jouni juha juhana juhani juho jukka julia julius juri jussi justus jutta juuli juulia juuso jyri jyrki kaapo
    kaarina kaarle kaarlo kai kaija kaisa kaisla kaisu kaj kalervo kalevi kalle karen kari karin karita karl
    karoliina kasper kasperi kati katja katri katriina kauko keijo kenneth kerstin kerttu kim kimmo kira kirsi
    kirsti kjell klara klaus kosti krista kristian kristiina kristina kullervo kustaa kyllikki kyosti laila lari
    larri lars lasse laura lauri leea leena leevi leif leila lempi lena leni lenni leo liina liisa lilja lilli
    lina linda linnea lisa lisen lotta louna lukas lumi luukas lyydia lyyli maaret maaria maarit mai maija maiju
    maini maire maj maja malin mari maria marianne mariia marika marina marinka marit marita marja marjaana
    marjatta marjo marjut mark marke marketta markku marko markus martin martta martti mary mathilda matias
    matilda matleena matti mattias mauno mauri maximilian mea meeri meiju melissa meri merja mervi mia miia mika
    mikael mikaela mikko mila milja milla mimosa mina minea mingu minja minna mira mirja mirjami mirka mirko miro
    mirva mona monica monika nea neea nella nelli nelly nestori niclas nico nicolas niilo niina niklas niko nils
    nina noel noora nora nuutti nyyrikki oili oiva okko olavi ole olga oliver olivia olle olli olof onerva onni
    orjan orvokki oskar oskari osmo ossi ostein otso otto outi paavo paivi pasi passi patrick patrik paul paula
    pauli pauliina pekka pelle pentti per pertti perttu peter petra petri petter petteri pia pihla piia pinja
    pirita pirjo pirkko pirre rabbe ragnar raija raili raimo raine raisa rami rasmus rauha raul rauni rauno rea
    reetta reijo reima reino rene riikka riina riitta rikhard riku risto rita ritva robert robin rolf roni ronja
    roope roosa runar ruth saana saara sade saga saija saila saimi saini sakari saku salla salli salme salomo sam
    sami samu samuel samuli sandra sanna sanni santeri santtu sara sari sarita satu saul sebastian seija seita
    selma senja seppo sergei severi sigrid siina siiri silja sima simo simon sini sinikka sirja sirkka sirkku
    sirpa sisko siv sixten sofia sofie sohvi soile soili solveig sonja staffan stefan sten stig sture sulo susan
    susanna susanne suvi svante sylvi synnove taavi taija taimi taina taisto taito tanja tapani tapio tarja tarmo
    taru tatu tauno teemu teija teijo tellervo tenho teppo terhi tero terttu teuvo thomas tia tiia tiina tiitus
    timi timo tinja toini toivo tom tomi tommi toni topi topias torbjorn tore torsten touko tuija tuire tuomas
    tuomo tuovi tuukka tuula tuuli tuulia tuulikki tyra tyyne ulf ulla ulpu unto uolevi urho urpo ursula usko uuno
    vaino valto valtteri vappu veera veeti veijo veikko veli venla vera verna verner vesa vieno viivi viktor
    viktoria vilho vili viljami viljo ville vilma virpi virva visa voitto vuokko wilhelm wilma ylermi yngve yrjana
    yrjo zacharias
"""
GIVEN_NAMES = frozenset(_TEXT.split())
