"""`opora services`: what can be applied for, and whether the files that say so are sound."""

import pytest

from adapters import definitions

SERVICE = "social-service-need"


@pytest.fixture
def broken(tmp_path):
    """broken(old, new): the path of a service file in which `old` became `new`"""

    def write(old, new):
        good = (definitions.SERVICES / f"{SERVICE}.toml").read_text(encoding="utf-8")
        assert old in good
        path = tmp_path / "broken.toml"
        path.write_text(good.replace(old, new, 1), encoding="utf-8")
        return path

    return write


def test_every_service_is_listed(opora):
    listed = opora("services", "list", "--json")
    assert listed.status == 0
    assert [list(service) for service in listed.json] == [["id", "title", "version"]] * len(
        definitions.services()
    )
    for service in listed.json:
        assert service["id"] in opora("services", "list").out
        assert service["title"] in opora("services", "list").out


def test_one_service_is_shown_whole(opora):
    shown = opora("services", "show", SERVICE, "--json").json
    assert (shown["id"], shown["version"]) == (SERVICE, 1)
    text = opora("services", "show", SERVICE).out
    for part in ("fields", "documents"):
        assert all(entry["title"] in text for entry in shown[part])
    assert all(who in text for who in shown["who"])
    assert "limit 30 working_days" in text


def test_what_is_shown_as_json_is_a_service_file_again(opora):
    shown = opora("services", "show", SERVICE, "--json").json
    again = type(definitions.service(SERVICE)).model_validate(shown)
    assert again == definitions.service(SERVICE)


def test_an_unknown_service_is_told(opora):
    sentence = opora("services", "show", "nothing").sentence()
    assert sentence == f"There is no such service. Known services: {SERVICE}."


def test_our_own_files_have_no_mistakes(opora):
    said = opora("services", "check")
    assert said == (0, f"{len(definitions.services())} service file(s) checked: no mistakes\n", "")
    assert opora("services", "check", "--json") == (0, "[]\n", "")


def test_a_mistake_is_told_with_its_file_and_place(opora, broken):
    path = broken('type = "snils"', 'type = "snals"')
    (mistake,) = opora("services", "check", path, "--json").json
    assert list(mistake) == ["file", "where", "problem"]
    assert mistake["file"] == str(path)
    assert mistake["where"].startswith("fields.4.type")
    assert "snils" in mistake["problem"]
    said = opora("services", "check", path)
    assert said.status == 1
    assert str(path) in said.out
    assert "fields.4.type" in said.out


def test_every_mistake_is_told_at_once(opora, broken):
    path = broken('name = "snils"', "colour = 5")
    said = opora("services", "check", path, "--json")
    assert said.status == 1
    assert {m["where"] for m in said.json} >= {"fields.4.name", "fields.4.colour"}


def test_good_files_beside_a_bad_one_are_not_blamed(opora, broken):
    good = definitions.SERVICES / f"{SERVICE}.toml"
    bad = broken("version = 1", "version = 'one'")
    said = opora("services", "check", good, bad, "--json")
    assert {mistake["file"] for mistake in said.json} == {str(bad)}


@pytest.mark.parametrize("content", [b"id = \n", b"\xff\xfe", b"", b"id = 5"])
def test_what_is_no_service_file_is_told(opora, tmp_path, content):
    path = tmp_path / "broken.toml"
    path.write_bytes(content)
    said = opora("services", "check", path)
    assert (said.status, said.err) == (1, "")
    assert str(path) in said.out


def test_what_is_no_file_is_told(opora, tmp_path):
    said = opora("services", "check", tmp_path / "gone.toml", tmp_path, "--json")
    assert said.status == 1
    assert [m["problem"] for m in said.json] == ["No such file or directory", "Is a directory"]
