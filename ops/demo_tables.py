"""What the demo data consist of: products, courses, places, accounts; texts in Finnish, Swedish, English."""

PRODUCTS = (
    ("member-fee", "Jäsenmaksu", "Medlemsavgift", "Membership fee", "membership", "45.00", "exempt"),
    ("student-fee", "Opiskelijajäsenmaksu", "Studerandemedlemsavgift", "Student fee", "membership", "15.00", "exempt"),
    ("supporter-fee", "Kannatusjäsenmaksu", "Stödmedlemsavgift", "Supporter fee", "membership", "120.00", "exempt"),
    ("joining-fee", "Liittymismaksu", "Inträdesavgift", "Joining fee", "membership", "10.00", "exempt"),
    ("course-day", "Kurssipäivä", "Kursdag", "Course day", "courses", "120.00", "standard"),
    ("course-evening", "Iltakurssi", "Kvällskurs", "Evening course", "courses", "48.00", "standard"),
    ("course-free", "Tietoilta", "Informationskväll", "Information evening", "courses", "0.00", "exempt"),
)

COURSES = (
    ("first-aid", "Ensiavun peruskurssi", "Grundkurs i första hjälpen", "First aid", "health", "course-day"),
    ("minutes", "Kokoustekniikka ja pöytäkirjat", "Mötesteknik och protokoll", "Meetings and minutes", "board", "course-evening"),
    ("treasurer", "Yhdistyksen taloudenhoito", "Föreningens ekonomi", "The association's money", "board", "course-day"),
    ("photo", "Valokuvaus puhelimella", "Fotografera med telefonen", "Photography by phone", "hobby", "course-evening"),
    ("grants", "Avustusten hakeminen", "Att söka bidrag", "Applying for grants", "board", "course-evening"),
    ("welcome", "Uuden jäsenen ilta", "Kväll för nya medlemmar", "New members' evening", "general", "course-free"),
)  # fmt: skip

STAFF = (
    ("admin", "administrator", "Administrator", "+358401000001"),
    ("toimisto", "office", "Office worker", "+358401000002"),
    ("rahasto", "treasurer", "Treasurer", "+358401000003"),
    ("kurssit", "course_office", "Course organiser", "+358401000004"),
)

PLACES = (
    ("Järjestötalo, sali 2", "Helsinki"),
    ("Kulttuurikeskus", "Tampere"),
    ("Föreningshuset", "Turku"),
    ("Verkossa", ""),
)
