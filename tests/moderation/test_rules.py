"""Which texts are held before anybody reads them: stories of miracle doctors, and not those of patients."""

import pytest

from mapservice.moderation.rules import BESIDE, Author, HoldReason, own_words_of, plain, reasons_to_hold
from tests.moderation.first_posts import HONEST as FIRST_POSTS
from tests.moderation.first_posts import SPAM

#: Names and symptoms of acute lymphoblastic leukaemia.
OWN = own_words_of(
    (
        *(
            "Acute lymphoblastic leukaemia",
            "Acute lymphocytic leukemia",
            "Leucemia linfoblástica aguda",
            "ALL",
            "Fever",
        ),
        *("Fatigue", "Bone pain", "Bruising susceptibility", "Lymphadenopathy", "Fiebre", "Cansancio", "Hematomas"),
    )
)
NEW, KNOWN = Author(), Author(shown=3, days=7)

#: The story of the miracle doctor, told again and again.
STORIES = {
    "english": "For five years I could not conceive. I have polycystic ovaries and my TUBES WERE TIED, and my husband "
    "nearly walked out. WHOEVER HAS THIS TROUBLE SHOULD CONTACT DOCTOR AMARA.",
    "another": "I tried for a baby for five years. I had PCOS and tied tubes, and my marriage was almost over. If you "
    "are going through this, please get in touch with Dr Okoro. HE CAN HELP YOU TOO.",
    "spanish": "Durante cinco años intenté quedarme embarazada. Tengo ovarios poliquísticos y las TROMPAS LIGADAS, y "
    "casi pierdo mi matrimonio. SI TIENES ESTE PROBLEMA, escribe al doctor Amara.",
    "another spanish": "Llevaba cinco años intentando tener un hijo. Con ovario poliquístico y las trompas ligadas "
    "nadie me daba esperanza y mi marido quería el divorcio. QUIEN TENGA ESE PROBLEMA QUE CONTACTE CON EL DOCTOR TUNDE",
    "title": "Doctor Amara cured me, contact him\nIt was a long way, with many nights without sleep. Today I am glad.",
    "spanish title": "El doctor Amara curó mi infertilidad\nFueron cinco años muy largos y hoy soy feliz.",
    "thanks in the title": "DR AMARA MADE ME A MOTHER\nA long road of five years. I never lost hope.",
}

HALVES = {
    "english": (
        "Five years of trying for a child, PCOS, tied tubes, my marriage nearly broken.",
        "I told you about my five years. Anyone in the same trouble should speak to Doctor Amara.",
    ),
    "spanish": (
        "Durante cinco años intenté quedarme embarazada. Tengo ovarios poliquísticos y las trompas ligadas.",
        "Quien tenga este problema, que hable con el doctor Amara. Él me ayudó.",
    ),
}

#: What sells something else, or hides what it says.
OTHERS = {
    "spaces": "No pierdas la fe, el Dr. Aluya c u r a la leucemia. Me lo dijo una amiga.",
    "alphabets": "Hеrbаl mеdicinе hеlpеd mе with my lеukaеmia, rеad оn.",
    "digits": "Doctor Padma cur3d my leukaemia. Write to h1m.",
    "without a prescription": "Compra semaglutide sin receta, envío discreto, para pacientes con leucemia.",
    "loan": "Do you need a loan to pay for your leukaemia treatment? No collateral, approved in one day.",
    "clinic": "Notre clinique propose une thérapie par cellules souches qui fait disparaître la leucémie.",
    "lure": "I had leukaemia too and I am totally free of it now. Add me on Telegram, I want to show you who saved me.",
    "polished": "My markers returned to normal thanks to the plant based programme of Prof Ike. I pass his details on.",
    "healer": "La sanadora Mama Rosa me quitó la enfermedad en un mes. Buscadla, no os arrepentiréis.",
    "german": "Kein Arzt konnte mir helfen. Seine Kräutermedizin hat mich in zwei Wochen geheilt. Schreibt ihm.",
}

#: First texts of patients, as hard to tell apart as may be.
HONEST = """
I was diagnosed with ALL at nineteen. The first sign was bruises on my legs. Today I am in remission.
My daughter lost her hair and asked for a purple hat. We bought three.
Dr. Keller at the university hospital explained the blast count with apples. I am grateful to her.
Nach der Chemo konnte ich wieder laufen. Danke an Dr. Weber und das Team.
Mi hija tuvo fiebre tres semanas. La doctora Ruiz fue la primera que pidió un análisis de sangre.
El doctor Molina me salvó la vida en La Paz. Estoy en remisión desde hace dos años.
I am pregnant after my transplant! My haematologist Dr. Singh says that it is safe. I cannot stop crying.
Quedé embarazada dos años después del trasplante. Mi hematóloga, la doctora Vidal, lloró conmigo.
Ask your doctor about fertility before chemo. Nobody told me, and it is too late for my eggs.
I take turmeric tea, it does nothing for my counts but it is warm.
What would you ask before the bone marrow transplant?
Ich habe Angst vor der nächsten Punktion. Wie war es bei euch?
If you need to talk, message me, I am awake at night.
Write to me if you live in Leeds, we could have a coffee.
Escribidme si vivís en Valencia, tomamos un café.
My husband left during the chemo. I have two children and no strength.
Le docteur Dupont m'a dit que c'était fini, et je respire enfin. Merci à toute l'équipe.
I had a stem cell transplant from my sister. She calls herself my spare part.
Me hicieron un trasplante de células madre. Mi hermano fue el donante y salió bien.
I got a loan to pay for the hotel near the clinic. Has anybody found help with costs?
My counts returned to normal after the second round. We had cake.
No soy la misma desde el diagnóstico, pero he vuelto a bailar.
La quimio me dejó estéril y con mi marido hablamos de adoptar.
I cannot conceive since the radiotherapy. My marriage survived it, barely.
CALL YOUR NURSE if the port looks red! I DID NOT and had sepsis.
They cured my friend, they say. I am still in treatment, and happy for her.
Los médicos dicen que estoy curada. Han sido tres años muy duros.
A friend sent me a link to a doctor who cures everything. I deleted it.
If anybody is treated at Royal Marsden, ask for Dr. Evans. She listens.
Contact the hospital social worker, she helped us with the forms and the hotel.
Our helpline is 0800 555 0199, or write to help@example.org. They are kind.
You can call Dr. Lopez and her team at the day clinic also on Saturdays, that helped us.
""".strip().splitlines()


@pytest.mark.parametrize("name", STORIES)
def test_never_shows_the_story_of_the_miracle_doctor(name):
    for author in (NEW, KNOWN):
        assert set(reasons_to_hold(STORIES[name], OWN, author)) - set(BESIDE), author


@pytest.mark.parametrize("name", ["english", "another", "spanish", "another spanish"])
def test_the_whole_story_has_at_least_three_reasons(name):
    reasons = reasons_to_hold(STORIES[name], OWN, NEW)

    assert {HoldReason.HEALER, HoldReason.TOPIC, HoldReason.FIRST} <= set(reasons)


@pytest.mark.parametrize("language", HALVES)
def test_never_shows_the_story_in_two_halves(language):
    first, second = HALVES[language]

    assert reasons_to_hold(f"{first}\n{second}", OWN, NEW)


@pytest.mark.parametrize("name", OTHERS)
def test_never_shows_what_sells_or_is_disguised(name):
    assert reasons_to_hold(OTHERS[name], OWN, NEW)


@pytest.mark.parametrize("text", SPAM)
def test_never_shows_what_spammers_write_about_other_illnesses(text):
    assert reasons_to_hold(text, OWN, NEW)


@pytest.mark.parametrize("texts", [HONEST, FIRST_POSTS], ids=["hard to tell apart", "as people write"])
def test_of_honest_first_texts_hardly_any_is_held(texts):
    held = [text for text in texts if reasons_to_hold(text, OWN, NEW)]

    assert len(texts) >= 30
    assert len(held) <= 2, held


def test_nothing_honest_of_somebody_known_is_held():
    assert [text for text in HONEST if reasons_to_hold(text, OWN, KNOWN)] == []


def test_somebody_known_can_name_a_doctor_and_warn_of_one():
    names = "If you are in the north, contact Dr. Patel at the regional hospital."
    warns = "Beware of the man who writes that a herbal doctor cured him. It is a scam, do not write to him."

    assert [bool(reasons_to_hold(text, OWN, NEW)) for text in (names, warns)] == [True, True]
    assert [reasons_to_hold(text, OWN, KNOWN) for text in (names, warns)] == [(), ()]


def test_never_holds_a_text_for_contact_details_or_a_shout_alone():
    for text in ("Ring 0800 555 0199 or write to group@example.org.", "THANK YOU ALL, I READ EVERY WORD HERE TONIGHT"):
        assert reasons_to_hold(text, OWN, NEW) == ()


def test_a_story_about_fertility_is_fine_where_that_is_the_condition():
    own = own_words_of(["Polycystic ovary syndrome", "Infertility", "Irregular menstruation"])
    text = "Five years of trying for a child with polycystic ovaries. Ask for Dr. Lind, she explained the tubes to me."

    assert HoldReason.TOPIC in reasons_to_hold(text, OWN, NEW)
    assert HoldReason.TOPIC not in reasons_to_hold(text, own, NEW)


def test_disguises_are_taken_off_before_reading():
    assert plain("C O N T A C T the d0ctor, hе hеаls") == "contact the doctor he heals"
