"""Words are found as radiologists write them, on both databases: plurals, numbers with signs, other scripts."""

import pytest
from bs4 import BeautifulSoup

from pinboard.models import Resolution
from pinboard.models.tokens import tokens
from pinboard.search import synonyms
from pinboard.search.marks import Marker
from tests.factories import make_case, make_user

CORPUS = {
    "disc": {"title": "L4/5 disc protrusion", "findings": "T2-weighted images show a high-intensity zone"},
    "covid": {"title": "COVID-19 with bilateral opacity", "question": "Is this typical?"},
    "nineteen": {"title": "Covid negative contact", "question": "Aged 19, cough for 4 days, room 5"},
    "mets": {"title": "Liver metastases", "findings": "Several masses, biopsies taken", "outcome": "Adenocarcinoma"},
    "stenosis": {"title": "Aortic stenosis", "question": "Calcified valve: diameter of 4.5 cm?"},
    "bronchi": {"title": "Dilated bronchi", "findings": "Signet-ring sign, mucus plugs; cavities in the apices"},
    "vertebra": {"title": "Wedge vertebra at Th12", "history": "Fall from 2 m, anticoagulated"},
    "espanol": {"title": "Lesión ósea del fémur", "findings": "Nódulos múltiples en los pulmones; niño de 7 años"},
    "german": {"title": "Große Zyste der Niere", "findings": "Müller: Bosniak IIF"},
    "japanese": {"title": "肺炎の疑い", "question": "右下葉に浸潤影"},
    "russian": {"title": "Перелом лодыжки", "question": "Нужна ли операция?"},
    "greek": {"title": "β-thalassaemia, 99mTc-MDP ½ dose 🦴", "findings": "Uptake 50 % at 37.5 °C"},
    "odd": {"title": "O’Brien's sign_of <b>bold</b> & C++", "resolution": Resolution.SOLVED},
}
MODALITIES = {"disc": "MR", "stenosis": "US", "vertebra": "DX", "mets": "CT", "greek": "NM"}
QUESTIONS = {
    "L4/5": "disc", "l4-5": "disc", "L4/5 protrusion": "disc", '"L4/5"': "disc", "T2-weighted": "disc",
    "t2 weighted": "disc", "T2-weigh": "disc", "high-intensity": "disc", "covid-19": "nineteen covid",
    "sars-cov-2": "nineteen covid", "COVID 19": "nineteen covid", "covid": "nineteen covid",
    "-covid-19 covid": "nineteen", "opacities": "covid", "biopsy": "mets", "mass": "mets", "masses": "mets",
    "metastasis": "mets", "metastases": "mets", "stenoses": "stenosis", "4.5": "stenosis", "bronchus": "bronchi",
    "apex": "bronchi", "cavity": "bronchi", "vertebrae": "vertebra", "vertebras": "vertebra", "th12": "vertebra",
    "lesiones": "espanol", "lesion": "espanol", "LESIÓN": "espanol", "nodulo": "espanol", "pulmón": "espanol",
    "nino": "espanol", "niño": "espanol", "grosse": "german", "GROSSE": "german", "große": "german",
    "muller": "german", "肺炎": "japanese", "肺": "japanese", "右下葉": "japanese", "ПЕРЕЛОМ": "russian",
    "операции": "", "β-thalassaemia": "greek", "99mTc": "greek", "½": "greek", "🦴": "", "37.5": "greek",
    "50%": "greek", "O'Brien": "odd", "o’brien": "odd", "obrien": "", "sign_of": "odd", "<b>bold</b>": "odd",
    "c++ bold": "odd", "is:solved c": "odd", "modality:MR L4/5": "disc", "modality:ct -mass": "",
}  # fmt: skip


@pytest.fixture
def corpus(session, sign_in):
    ada = make_user(session, "Ada Owens", login="ada")
    made = {}
    for name, fields in CORPUS.items():
        made[name] = make_case(session, ada, pictures=0, modality=MODALITIES.get(name, "XC"), **fields)
    sign_in("clinician")
    return made


def test_words_are_found_as_they_are_written(client, corpus):
    wrong = {}
    names = {case.title: name for name, case in corpus.items()}
    for question, expected in QUESTIONS.items():
        soup = BeautifulSoup(client.get("/search", query_string={"q": question}).text, "html.parser")
        titles = [" ".join(node.get_text().split()) for node in soup.select(".hits h2")]
        found = {names[title] for title in titles}
        if found != set(expected.split()):
            wrong[question] = (sorted(found), expected)
    assert wrong == {}


def test_a_snippet_is_not_cut_within_a_word_that_would_then_be_marked():
    marker = Marker(frozenset({"thorax", "chest"}), ())
    text = "The thorax " + "pneumothorax " * 11 + "and a chestnut of 3 mm beside it"
    assert [piece for piece, is_hit in marker.snippet((text,)) if is_hit] == ["thorax"]
    late = "pneumothorax " * 20 + "chest"
    pieces = marker.snippet((late,))
    assert "".join(piece for piece, _is_hit in pieces).startswith("… pneumothorax")
    assert [piece for piece, is_hit in pieces if is_hit] == ["chest"]


def test_words_joined_by_a_sign_are_marked_together(client, corpus):
    soup = BeautifulSoup(client.get("/search", query_string={"q": "l4-5"}).text, "html.parser")
    assert [node.get_text() for node in soup.select(".hits mark")] == ["L4/5"]
    soup = BeautifulSoup(client.get("/search", query_string={"q": "biopsy"}).text, "html.parser")
    assert [node.get_text() for node in soup.select(".hits mark")] == ["biopsies"]
    soup = BeautifulSoup(client.get("/search", query_string={"q": "bold"}).text, "html.parser")
    assert soup.select_one(".hits h2 b") is None
    assert soup.select_one(".hits h2").get_text(strip=True).endswith("<b>bold</b> & C++")


@pytest.mark.parametrize(
    ("short", "long"),
    [
        ("Fx", "fracture"), ("CXRs", "chest X-ray"), ("MI", "myocardial infarction"), ("V/Q", "ventilation perfusion"),
        ("CTA", "CT angiography"), ("DWI", "diffusion weighted imaging"), ("IVC", "inferior vena cava"),
        ("SAH", "subarachnoid haemorrhage"), ("GGO", "ground glass"),
        ("NOF", "femoral neck"), ("RUL", "right upper lobe"),
        ("MCA", "middle cerebral artery"), ("CBD", "common bile duct"), ("DEXA", "bone densitometry"),
        ("UPJ", "pelviureteric junction"), ("FNA", "fine needle aspiration"),
        ("SUFE", "slipped capital femoral epiphysis"),
        ("pseudogout", "CPPD"), ("oesophageal", "esophageal"), ("acoustic neuroma", "vestibular schwannoma"),
    ],
)  # fmt: skip
def test_what_radiologists_shorten_means_the_same_both_ways(short, long):
    assert tuple(tokens(long)) in synonyms.others(tuple(tokens(short)))
    assert tuple(tokens(short)) in synonyms.others(tuple(tokens(long)))
