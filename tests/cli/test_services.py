"""`opora services`: what can be applied for, and whether the files that say so are sound."""
# ruff: noqa: E501 - the table of mistakes quotes the lines of service files as they are

import json
import shutil
import tomllib
from pathlib import Path

import pytest

from adapters import definitions
from opora import versions
from opora.check import every_file
from opora.service_docs import document
from opora.toml_lines import lines_of

SERVICE = "social-service-need"
ROOT = Path(__file__).parents[2]
GOOD = (definitions.SERVICES / f"{SERVICE}.toml").read_text(encoding="utf-8")


@pytest.fixture
def broken(tmp_path):
    """broken(old, new): the path of a service file in which `old` became `new`"""

    def write(old, new):
        assert old in GOOD
        path = tmp_path / "broken.toml"
        path.write_text(GOOD.replace(old, new, 1), encoding="utf-8")
        return path

    return write


@pytest.fixture
def office_files(tmp_path, monkeypatch):
    """A copy of services/ that a test may change; `changed()` makes everybody read it anew."""
    copy = tmp_path / "services"
    shutil.copytree(definitions.SERVICES, copy)
    monkeypatch.setattr(definitions, "SERVICES", copy)
    forget()
    yield copy
    monkeypatch.undo()
    forget()


def forget():
    for read in (
        *(definitions.services, definitions.service_ids, definitions._current),
        *(definitions.blocks, definitions.classifiers, definitions.past_version),
        definitions.figures,
    ):
        read.cache_clear()


def edit(path, old, new):
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    forget()


class TestWhatThereIs:
    def test_every_service_is_listed(self, opora):
        listed = opora("services", "list", "--json")
        assert listed.status == 0
        kept = ["id", "code", "title", "version"]
        assert [list(service) for service in listed.json] == [kept] * len(definitions.services())
        for service in listed.json:
            assert service["id"] in opora("services", "list").out
            assert service["title"] in opora("services", "list").out

    def test_one_service_is_shown_whole(self, opora):
        shown = opora("services", "show", SERVICE, "--json").json
        assert (shown["id"], shown["version"]) == (SERVICE, 1)
        text = opora("services", "show", SERVICE).out
        for part in ("fields", "documents"):
            assert all(entry["title"] in text for entry in shown[part])
        assert all(who in text for who in shown["who"])
        assert "не дольше 30 рабочих дней" in text
        assert "если «Вы живёте по адресу регистрации?» — нет" in text

    @pytest.mark.parametrize("name", ["V1", "v1", SERVICE])
    def test_a_service_is_found_by_its_code_too(self, opora, name):
        assert opora("services", "show", name, "--json").json["id"] == SERVICE

    def test_what_is_shown_as_json_is_a_service_file_again(self, opora):
        shown = opora("services", "show", SERVICE, "--json").json
        again = type(definitions.service(SERVICE)).model_validate(shown)
        assert again == definitions.service(SERVICE)

    def test_an_unknown_service_is_told(self, opora):
        sentence = opora("services", "show", "nothing").sentence()
        known = ", ".join(definitions.service_ids())
        assert sentence == f"There is no such service. Known services: {known}."


class TestLines:
    @pytest.mark.parametrize(
        "path", every_file(), ids=lambda path: f"{path.parent.name}-{path.stem}"
    )
    def test_the_place_of_everything_in_our_files_is_known(self, path):
        text = path.read_text(encoding="utf-8")
        assert set(lines_of(text)) == paths_of(tomllib.loads(text))

    def test_each_place_has_its_line(self):
        text = (
            "# a comment with [[brackets]]\n"
            'a.b = """two\n[lines] # none\n"""\n'
            "[[list]]\n"
            "  'quoted key' = [1, [2,\n 3]] # = { no = table }\n"
            "[list.inner]\n"
            'x = { y = "\\"}", z = [{ q = 1 },\n { q = 2 }] }\n'
            "[[list]]\n"
            "last = 1"
        )
        lines = lines_of(text)
        assert set(lines) == paths_of(tomllib.loads(text))
        found = {
            ("a", "b"): 2,
            ("list", 0): 5,
            ("list", 0, "quoted key", 1, 0): 6,
            ("list", 0, "quoted key", 1, 1): 7,
            ("list", 0, "inner"): 8,
            ("list", 0, "inner", "x", "y"): 9,
            ("list", 0, "inner", "x", "z", 1, "q"): 10,
            ("list", 1): 11,
            ("list", 1, "last"): 12,
        }
        assert {path: lines[path] for path in found} == found


def paths_of(value, path=()):
    inner = ()
    if isinstance(value, dict):
        inner = value.items()
    elif isinstance(value, list):
        inner = enumerate(value)
    return {path}.union(*(paths_of(part, (*path, key)) for key, part in inner))


NEVER = "nothing can ever satisfy this condition"
EMERGENCY = '[[fields]]\nname = "emergency_story"'

# (what, becomes, the text on whose line the mistake is, what is said of it)
MISTAKES = [
    ('type = "choice"', 'type = "chois"', 'type = "chois"', "unknown type: chois; did you mean choice?"),
    ('at_most = 40', "at_mots = 40", "at_mots", "unknown key: at_mots; did you mean at_most?"),
    ('block = "residence"', 'block = "residense"', "[[fields]]\nblock = \"residense\"",
     "unknown block: residense; did you mean residence?"),
    ('block = "residence"', 'block = "refusals"', '[[fields]]\nblock = "refusals"',
     "the block refusals has no fields: leave the line out"),
    ('title = "Что случилось"\n', 'title = " "\n', 'title = " "', "title is empty: write its text"),
    ('title = "Что случилось"\n', "", EMERGENCY, "title is missing: add it"),
    ('when = { field = "emergency", is = true }', 'when = { field = "emergancy", is = true }',
     '"emergancy"', "unknown field: emergancy; did you mean emergency?"),
    ('when = { field = "disability_proof", is = "mse_certificate" }',
     'when = { field = "disability_proof", is = "mse_certificat" }',
     '"mse_certificat" }', "unknown option of disability_proof: mse_certificat; did you mean mse_certificate?"),
    ('fields = ["category", "mse_certificate_number"]', 'fields = ["category", "mse_number"]',
     '"mse_number"', "unknown field: mse_number; did you mean mse_certificate_number?"),
    ('checks = ["income"]', 'checks = ["incomes"]', '["incomes"]', "unknown check: incomes; did you mean income?"),
    ('source = "seeds/004; величины', 'reason = "seeds/004; величины',
     '[[grounds]]\nname = "family_income"',
     "source is missing: add it"),
    ('refusal = "Вы не назвали категорию, которой обслуживание положено при любом доходе."\n', "",
     '[[grounds]]\nname = "category"', "refusal is missing: add it"),
    ("{income_limit} ₽.\"", "{incom_limit} ₽.\"", "{incom_limit}",
     "unknown placeholder of family_income: incom_limit; did you mean income_limit?"),
    ('at_most = "income_limit"', 'at_most = "income_limits"', '"income_limits"',
     "unknown measure: income_limits; did you mean income_limit?"),
    ('figure = "subsistence_minimum"', 'figure = "subsistence_maximum"', "subsistence_maximum",
     "unknown figure: subsistence_maximum; write it into services/parameters/figures.toml"),
    ('figure = "household_coefficient", size = "family_size"', 'figure = "household_coefficient"',
     'figure = "household_coefficient" }', "goes by household size: name the measure"),
    ('limit = { amount = 15, unit = "working_days" }', 'limit = { amount = 31, unit = "working_days" }',
     "amount = 31", "decision: the limit of a priority is longer than the ordinary one"),
    ('promise = { amount = 10, unit = "working_days" }', 'promise = { amount = 16, unit = "working_days" }',
     "amount = 16", "decision: the promise is longer than the limit"),
    ('[outcome]', '[clarification]\nreminder = { amount = 7, unit = "working_days" }\n'
     'limit = { amount = 7, unit = "working_days" }\nsource = "seeds/000"\n\n[outcome]',
     "reminder = { amount = 7", "the reminder does not come before the limit"),
    ('[outcome]', '[marks]\nreminder = { amount = 11, unit = "working_days" }\n\n[outcome]',
     "reminder = { amount = 11", "the officer would be reminded before the application is there"),
    ('[outcome]', '[appeal]\nwithin = { amount = 30, unit = "calendar_days" }\n'
     'text = "Жалобу подают в течение 45 дней со дня решения."\n\n[outcome]', "45 дней", "the text says 45 days, and `within` 30"),
    ('when = { field = "emergency", is = true }',
     'when = { all = [{ field = "emergency", is = true }, { field = "emergency", is = false }] }',
     "is = false }] }", NEVER),
    ('kind = "illness_certificate"\ntitle = "Справка государственной больницы о тяжёлой болезни"\n'
     'when = { field = "disability_proof", is = "illness_certificate" }',
     'kind = "illness_certificate"\ntitle = "Справка"\nwhen = { all = [{ field = "category", is = "pensioner" }, '
     '{ field = "disability_proof", present = true }] }',
     "present = true }] }", "illness_certificate: nobody is ever asked for this document"),
    ('category = "emergency"\ntitle = "Чрезвычайная ситуация"\nwhen = { field = "emergency", is = true }',
     'category = "emergency"\ntitle = "Ч"\nwhen = { any = [{ field = "emergency", is = true }, '
     '{ not = { field = "emergency", is = true } }] }', "{ not = {", "this condition always holds"),
    ('{ measure = "family_size", at_least = 2 }', '{ measure = "family_size", at_most = 0 }',
     "at_most = 0", NEVER),
    ("version = 1", 'version = "one"', 'version = "one"', "valid integer"),
    ('kind = "programme"', 'kind = "programe"', 'kind = "programe"', "did you mean programme?"),
    ('kind = "programme"\n', "", "[outcome]", "kind is missing: add it"),
    ('check = "existing_support"', 'check = "existing_suport"', 'check = "existing_suport"', "unknown check"),
    ('cause = "no_ground"\n', "", None, "exactly one refusal with the cause no_ground"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("old", "new", "at", "said"),
    MISTAKES,
    ids=lambda part: (part or "")[:30],
)
def test_a_mistake_is_told_with_its_line_and_how_to_mend_it(opora, broken, old, new, at, said):
    path = broken(old, new)
    found = opora("services", "check", path, "--json")
    assert found.status == 1
    (mistake,) = [m for m in found.json if said in m["problem"]]
    assert list(mistake) == ["file", "line", "where", "problem"]
    assert mistake["file"] == str(path)
    if at:
        text = path.read_text(encoding="utf-8")
        assert mistake["line"] == text[: text.index(at)].count("\n") + 1
    assert f"{path}:{mistake['line']}: {mistake['where']}: " in opora("services", "check", path).out


class TestCheck:
    def test_our_own_files_have_no_mistakes(self, opora):
        said = opora("services", "check")
        assert said == (0, f"{len(every_file())} file(s) checked: no mistake(s)\n", "")
        assert opora("services", "check", "--json") == (0, "[]\n", "")

    def test_every_mistake_is_told_at_once(self, opora, tmp_path):
        path = tmp_path / "broken.toml"
        text = GOOD
        kept = []
        for old, new, at, said in MISTAKES:
            if at and text.count(old) == 1 and text.replace(old, new).count(at) == 1:
                text = text.replace(old, new)
                kept.append((at, said))
        path.write_text(text, encoding="utf-8")
        found = opora("services", "check", path, "--json").json
        shape = [k for k in kept if k[1].startswith(("unknown", "title", "source", "refusal"))]
        assert len(shape) >= 6
        for at, said in shape:
            line = text[: text.index(at)].count("\n") + 1
            assert any(m["line"] == line and said in m["problem"] for m in found), said

    def test_a_mistake_in_a_block_names_the_blocks_file_and_line(self, opora, office_files):
        block = office_files / "blocks/person.toml"
        edit(block, 'type = "snils"', 'type = "snals"')
        found = opora("services", "check", office_files / f"{SERVICE}.toml", "--json").json
        assert [(m["file"], m["line"]) for m in found] == [(str(block), line_of(block, "snals"))]
        everywhere = opora("services", "check", "--json").json
        told = [m for m in everywhere if m["file"] == str(block)]
        assert len(told) == 1, "once, however many services use it"

    def test_what_has_the_wrong_shape_hides_nothing_else(self, opora, broken):
        """A field that cannot be read is put aside; what names it is not called unknown."""
        path = broken('name = "emergency"\n', 'name = "emergency"\ncolour = "red"\nhint = 5\n')
        edit(path, 'checks = ["income"]', 'checks = ["incomes"]')
        problems = [m["problem"] for m in opora("services", "check", path, "--json").json]
        assert len(problems) == 3
        assert not [p for p in problems if "emergency" in p]

    def test_good_files_beside_a_bad_one_are_not_blamed(self, opora, broken):
        good = definitions.SERVICES / f"{SERVICE}.toml"
        bad = broken("version = 1", "version = 'one'")
        said = opora("services", "check", good, bad, "--json")
        assert {mistake["file"] for mistake in said.json} == {str(bad)}

    @pytest.mark.parametrize("content", [b"id = \n", b"\xff\xfe", b"", b"id = 5"])
    def test_what_is_no_service_file_is_told(self, opora, tmp_path, content):
        path = tmp_path / "broken.toml"
        path.write_bytes(content)
        said = opora("services", "check", path)
        assert (said.status, said.err) == (1, "")
        assert str(path) in said.out

    def test_what_is_no_file_is_told(self, opora, tmp_path):
        said = opora("services", "check", tmp_path / "gone.toml", tmp_path, "--json")
        assert said.status == 1
        told = {m["problem"] for m in said.json}
        assert told == {"No such file or directory", "Is a directory"}

    @pytest.mark.parametrize(
        ("file", "content", "line", "said"),
        [
            ("blocks/odd.toml", "[[feilds]]\nname = 'x'\n", 1, "did you mean fields?"),
            ("blocks/odd.toml", "[[fields]]\nblock = 'odd'\n", 1, "contains itself"),
            (
                "blocks/odd.toml",
                "[[fields]]\nname = 'x'\ntitle = ''\ntype = 'text'\n",
                3,
                "is empty",
            ),
            ("classifiers/odd.toml", "option = []\n", 1, "unknown key: option"),
            (
                "classifiers/odd.toml",
                "options = [\n{ value = 'a', title = 'А' },\n{ value = 'a', title = 'Б' },\n]",
                3,
                "named twice: a",
            ),
            ("texts/odd.toml", "[a]\nru = 'А'\n", 1, "en is missing"),
            ("texts/odd.toml", "[a]\nru = 'А'\nen = ''\n", 3, "en is empty"),
            (
                "parameters/figures.toml",
                "[titles]\nx = 'Икс'\ny = 'Игрек'\n[[figures]]\nname = 'x'\nregion = 'RU'\n"
                "since = 2026-01-01\namount = 1\nsource = ''\n",
                3,
                "y has a title and no figure",
            ),
        ],
    )
    def test_the_other_files_are_checked_too(self, opora, office_files, file, content, line, said):
        path = office_files / file
        path.parent.mkdir(exist_ok=True)
        path.write_text(content, encoding="utf-8")
        found = opora("services", "check", path, "--json").json
        assert any(m["line"] == line and said in m["problem"] for m in found), found

    def test_a_file_is_named_after_its_service(self, opora, office_files):
        shutil.copy(office_files / f"{SERVICE}.toml", office_files / "another.toml")
        (mistake,) = opora("services", "check", office_files / "another.toml", "--json").json
        assert mistake["problem"] == f"the file is named after its service: {SERVICE}.toml"


def line_of(path, text):
    content = path.read_text(encoding="utf-8")
    return content[: content.index(text)].count("\n") + 1


class TestTemplate:
    @pytest.mark.parametrize("service", definitions.service_ids())
    def test_its_example_row_is_good(self, opora, tmp_path, service):
        made = opora("services", "template", service, "--csv")
        assert made.status == 0
        assert made.out.startswith("\ufeffregion;documents;")
        assert made.out.count("\r\n") == 2
        path = tmp_path / "batch.csv"
        path.write_text(made.out, encoding="utf-8", newline="")
        codes = {p["code"] for p in opora("validate", service, path, "--json").json}
        # A person appeals, and speaks of what was granted to him; not an agency.
        assert codes <= {"appeal_in_batch", "about_another_in_batch"}

    def test_the_example_form_is_good_as_json(self, opora, tmp_path):
        path = tmp_path / "form.json"
        path.write_text(opora("services", "template", "V2", "--form").out, encoding="utf-8")
        assert opora("validate", "care-for-disabled", path).out == "no problems\n"
        assert isinstance(json.loads(path.read_text(encoding="utf-8")), dict)

    def test_the_example_row_is_good_as_a_workbook_and_as_a_line_of_json(self, opora, tmp_path):
        book, lines = tmp_path / "rows.xlsx", tmp_path / "rows.jsonl"
        assert opora("services", "template", "V1", "--xlsx", book).status == 0
        lines.write_text(opora("services", "template", "V1", "--jsonl").out, encoding="utf-8")
        for path in (book, lines):
            assert opora("validate", "social-service-need", path).out == "no problems\n"
        nowhere = opora("services", "template", "V1", "--xlsx", tmp_path / "gone/rows.xlsx")
        assert "cannot be written" in nowhere.sentence()


class TestDocs:
    def test_the_document_of_services_is_fresh(self):
        said = (ROOT / "docs/services.md").read_text(encoding="utf-8")
        fresh = document(definitions.services().values())
        assert said == fresh, "write it anew: opora services docs"

    def test_it_tells_of_every_service_and_marks_what_regions_set(self, opora, tmp_path):
        path = tmp_path / "services.md"
        assert opora("services", "docs", path).status == 0
        text = path.read_text(encoding="utf-8")
        assert all(service.title in text for service in definitions.services().values())
        assert "set by the region" in text

    def test_where_it_cannot_be_written_is_told(self, opora, tmp_path):
        sentence = opora("services", "docs", tmp_path / "gone/services.md").sentence()
        assert sentence.endswith("cannot be written: No such file or directory")


class TestFreeze:
    def test_what_is_not_released_may_change(self, office_files):
        shutil.rmtree(office_files / "versions", ignore_errors=True)
        edit(office_files / f"{SERVICE}.toml", "Пожилой человек", "Человек в возрасте")
        assert list(versions.broken_promises()) == []

    def test_a_released_version_changes_no_more(self, opora, office_files):
        shutil.rmtree(office_files / "versions", ignore_errors=True)
        assert opora("services", "freeze", SERVICE).status == 0
        assert opora("services", "freeze", SERVICE).out == "0 version(s) released, 1 kept\n"
        block = office_files / "blocks/household.toml"
        edit(block, "Члены семьи, которые живут с вами", "Ваша семья")
        (promise,) = versions.broken_promises()
        assert f"{SERVICE}.1 is released" in promise
        path = office_files / f"{SERVICE}.toml"
        (mistake,) = opora("services", "check", path, "--json").json
        assert "raise `version`" in mistake["problem"]
        assert "raise its `version`" in opora("services", "freeze", SERVICE).sentence()

    def test_the_version_raised_and_the_old_one_kept_all_is_well(self, opora, office_files):
        opora("services", "freeze", SERVICE)
        edit(office_files / f"{SERVICE}.toml", "version = 1", "version = 2")
        assert list(versions.broken_promises()) == []
        kept = definitions.frozen_path(SERVICE, 1)
        kept.write_text(kept.read_text(encoding="utf-8") + "\n", encoding="utf-8")
        assert ["not the same" in promise for promise in versions.broken_promises()] == [True]
        kept.unlink()
        assert ["is gone" in promise for promise in versions.broken_promises()] == [True]
