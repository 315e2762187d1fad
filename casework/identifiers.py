"""Single values as a citizen types them: parsed to the canonical form, or refused with a reason.

    snils("11223344595")          -> "112-233-445 95"
    date("31.02.2026")            -> InvalidValue("date_does_not_exist", ...)

Every parser is idempotent (the canonical form parses to itself), accepts the separators people use,
and raises nothing but `InvalidValue`. The code of the error names a text in
services/texts/problems.toml and its details fill that text: plain strings and numbers.

Common to all (`tidy`): at most `LONGEST` characters, looked at before any other work; invisible
characters that come along with copied text are dropped; control characters and digits of other
scripts are refused (`int("١")` is 1 in Python, which is why every pattern here says [0-9]).

Nearly all values are typed in an ordinary way, and batches are long: the patterns named
`_ORDINARY_...` tell a value that needs none of the slower steps. They only save time; a test takes
them away and finds no difference.
"""

import datetime
import re
import unicodedata
from collections.abc import Iterable
from decimal import Decimal
from operator import mul

from casework.application import is_number
from casework.errors import InvalidValue
from casework.icd10 import has_category

LONGEST = 200
"""Characters; the longest of these values, an e-mail address, is far shorter in practice."""

NAME_LONGEST = 60
"""Characters of a surname, first name or patronymic."""

ADDRESS_LONGEST = 300
EARLIEST_DATE = datetime.date(1900, 1, 1)
LARGEST_NUMBER = Decimal("1000000000")
LARGEST_SUM = Decimal("1000000000.00")
"""Rubles. A larger sum in a citizen's form is a slip of the finger."""

_INVISIBLE = dict.fromkeys(
    map(ord, "\u00ad\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\ufeff")
)
_HYPHENS = "-\u2010\u2011\u2012\u2013\u2014\u2212"
_APOSTROPHES = "'\u2018\u2019\u02bc`\u00b4"
_SEPARATORS = str.maketrans(dict.fromkeys(f" .№{_HYPHENS}"))

# Where a position admits one script only, a letter that looks the same in the other one is meant.
_LATIN_AS_CYRILLIC = str.maketrans("ABCEHKMOPTXY", "АВСЕНКМОРТХУ")
_CYRILLIC_AS_LATIN = str.maketrans("АВСЕНКМОРТХУ", "ABCEHKMOPTXY")
_CYRILLIC_AS_ROMAN = str.maketrans("ІУХЛС", "IVXLC")


# What every parser begins with

_ORDINARY_TEXT = re.compile("[ -~А-Яа-яЁё№«»–—]*")


def tidy(text: str, *, longest: int = LONGEST) -> str:
    """The text without what nobody meant to type: NFC, single plain spaces, nothing invisible.

    Raises `required`, `too_long` (at_most), `control_characters` (found), `unusual_digits` (found).
    """
    if len(text) > longest:
        raise InvalidValue("too_long", at_most=longest)
    if _ORDINARY_TEXT.fullmatch(text) and (ordinary := " ".join(text.split())):
        return ordinary
    text = unicodedata.normalize("NFC", text.translate(_INVISIBLE)).strip()
    for character in text:
        if unicodedata.category(character) in {"Cc", "Cs"} and character != "\t":
            raise InvalidValue("control_characters", found=f"U+{ord(character):04X}")
    text = " ".join(text.split())
    if not text:
        raise InvalidValue("required")
    if foreign := [c for c in text if c.isdigit() and not c.isascii()]:
        raise InvalidValue("unusual_digits", found=_listed(foreign))
    return text


def _listed(characters: Iterable[str]) -> str:
    """Each character once, in order of appearance: "«a», «e»"."""
    return ", ".join(f"«{character}»" for character in dict.fromkeys(characters))


_ORDINARY_DIGITS = re.compile("[0-9 -]{1,40}")


def _digits(text: str, length: int, code: str) -> str:
    """Exactly `length` digits, typed with any separators.

    Raises `only_digits` (found), or `code` (digits expected, found).
    """
    digits = text.replace("-", "").replace(" ", "")
    if len(digits) == length and _ORDINARY_DIGITS.fullmatch(text):
        return digits
    digits = tidy(text).translate(_SEPARATORS)
    if strange := re.findall("[^0-9]", digits):
        raise InvalidValue("only_digits", found=_listed(strange))
    if len(digits) != length:
        raise InvalidValue(code, digits=length, found=len(digits))
    return digits


_VALUES = bytes.maketrans(b"0123456789", bytes(range(10)))


def _weighed(digits: str, weights: Iterable[int]) -> int:
    """The sum of each digit times its weight, to the end of the shorter."""
    return sum(map(mul, digits.encode().translate(_VALUES), weights))


# Numbers of a person


_SNILS_WEIGHTS = tuple(range(9, 0, -1))


def snils(text: str) -> str:
    """Insurance number of an individual account: "112-233-445 95".

    The two check digits are the sum of the nine digits times 9..1, modulo 101, 100 counting as 00.
    Numbers up to 001-001-998 were issued before check digits and carry arbitrary ones.

    Raises `snils_format` (digits, found), `snils_check_digits`.
    """
    digits = _digits(text, 11, "snils_format")
    number, check = digits[:9], int(digits[9:])
    has_check_digits = number > "001001998"
    if number == "000000000" or (
        has_check_digits and _weighed(number, _SNILS_WEIGHTS) % 101 % 100 != check
    ):
        raise InvalidValue("snils_check_digits")
    return f"{digits[:3]}-{digits[3:6]}-{digits[6:9]} {digits[9:]}"


_INN_WEIGHTS = (3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8)
"""Of the eleven digits before the last; a shorter number uses the tail of the row."""


def inn_person(text: str) -> str:
    """Taxpayer number of a person: 12 digits, the last two of them check digits.

    Raises `inn_person_format` (digits, found), `inn_check_digits`.
    """
    digits = _digits(text, 12, "inn_person_format")
    _check_inn(digits, check_at=(10, 11))
    return digits


def inn_organisation(text: str) -> str:
    """Taxpayer number of an organisation: 10 digits, the last of them a check digit.

    Raises `inn_organisation_format` (digits, found), `inn_check_digits`.
    """
    digits = _digits(text, 10, "inn_organisation_format")
    _check_inn(digits, check_at=(9,))
    return digits


def _check_inn(digits: str, check_at: tuple[int, ...]) -> None:
    """Each check digit: the weighed sum of all before it, modulo 11, modulo 10. No region is 00."""
    for place in check_at:
        if _weighed(digits[:place], _INN_WEIGHTS[-place:]) % 11 % 10 != int(digits[place]):
            raise InvalidValue("inn_check_digits")
    if digits.startswith("00"):
        raise InvalidValue("inn_check_digits")


def passport(text: str) -> str:
    """Series and number of a Russian passport: "45 03 123456". It has no check digits.

    Raises `passport_format` (digits, found), `passport_zeros` (no region 00, no number 000000).
    """
    digits = _digits(text, 10, "passport_format")
    if digits.startswith("00") or digits.endswith("000000"):
        raise InvalidValue("passport_zeros")
    return f"{digits[:2]} {digits[2:4]} {digits[4:]}"


_ROMAN_BELOW_400 = re.compile("(?=.)C{0,3}(XC|XL|L?X{0,3})(IX|IV|V?I{0,3})")
_ORDINARY_BIRTH_CERTIFICATE = re.compile("X{0,3}(?:IX|IV|VI{0,3}|I{1,3})-[А-Я]{2} [0-9]{6}")
_BIRTH_CERTIFICATE = re.compile(r"(.+?)([^\W\d_]{2})([0-9]{6})")


def birth_certificate(text: str) -> str:
    """Series and number of a Russian birth certificate: "IV-МЮ 123456".

    The place decides the script: the last two letters of the series are Cyrillic, what stands
    before them is a Roman numeral, so a look-alike of the other script is read as the right letter.
    A small Latin "l" is not, being meant for I as often as for L; nor are the digits 1 and 11.

    Raises `birth_certificate_format`, `birth_certificate_series` (found).
    """
    if _ORDINARY_BIRTH_CERTIFICATE.fullmatch(text):
        return text
    found = _BIRTH_CERTIFICATE.fullmatch(tidy(text).translate(_SEPARATORS))
    if not found:
        raise InvalidValue("birth_certificate_format")
    typed_numeral, typed_letters, number = found.groups()
    numeral = typed_numeral.replace("l", "?").upper().translate(_CYRILLIC_AS_ROMAN)
    letters = typed_letters.upper().translate(_LATIN_AS_CYRILLIC)
    if not _ROMAN_BELOW_400.fullmatch(numeral):
        raise InvalidValue("birth_certificate_series", found=typed_numeral)
    if not re.fullmatch("[А-Я]{2}", letters):
        raise InvalidValue("birth_certificate_format")
    return f"{numeral}-{letters} {number}"


_DOUBLED = str.maketrans("0123456789", "0246813579")  # 7 -> 14 -> 1 + 4 = 5
_ONES = (1,) * 8


def oms_policy(text: str) -> str:
    """Number of a health insurance policy of the uniform sample: 16 digits, the last by Luhn.

    Raises `oms_policy_format` (digits, found), `oms_policy_check_digit`.
    """
    digits = _digits(text, 16, "oms_policy_format")
    doubled = _weighed(digits[-2::-2].translate(_DOUBLED), _ONES)
    if int(digits) == 0 or (doubled + _weighed(digits[-1::-2], _ONES)) % 10:
        raise InvalidValue("oms_policy_check_digit")
    return digits


# Money and banks


def bic(text: str) -> str:
    """Identification code of a Russian bank or treasury body: 9 digits, the first of them 0.

    Raises `bic_format` (digits, found), `bic_not_russian`.
    """
    digits = _digits(text, 9, "bic_format")
    if not digits.startswith("0") or int(digits) == 0:
        raise InvalidValue("bic_not_russian")
    return digits


def bank_account(text: str, *, bic: str | None = None) -> str:
    """The account of a person or organisation to be paid: 20 digits.

    `bic` is the canonical code of the bank; without it only the form is checked. Treasury accounts
    (03...) have no check digit. A correspondent account (301...) is refused: it belongs to the
    bank, and people copy it by mistake from the line below.

    Raises `bank_account_format` (digits, found), `bank_account_of_the_bank`,
    `bank_account_check_digit`.
    """
    digits = _digits(text, 20, "bank_account_format")
    if digits.startswith("301"):
        raise InvalidValue("bank_account_of_the_bank")
    if bic and not digits.startswith("03"):
        _check_account(digits, owner=bic[6:9])
    return digits


def correspondent_account(text: str, *, bic: str | None = None) -> str:
    """The account of a bank (301...) or treasury body (401...) with the Bank of Russia: 20 digits.

    Raises `bank_account_format` (digits, found), `correspondent_account_start`,
    `bank_account_check_digit`.
    """
    digits = _digits(text, 20, "bank_account_format")
    if not digits.startswith(("301", "401")):
        raise InvalidValue("correspondent_account_start")
    if bic:
        _check_account(digits, owner=f"0{bic[4:6]}")
    return digits


_ACCOUNT_WEIGHTS = (7, 1, 3) * 8


def _check_account(digits: str, owner: str) -> None:
    """The last digits of owner and account, times 7, 1, 3 in turn, sum to a multiple of ten."""
    if _weighed(owner + digits, _ACCOUNT_WEIGHTS) % 10:
        raise InvalidValue("bank_account_check_digit")


_SUM = re.compile(r"([0-9]{1,3}(?: [0-9]{3})+|[0-9]+)(?:[.,]([0-9]+))?(?: ?(?:₽|руб\.?|р\.?))?")


def money(text: str, *, at_least: Decimal = Decimal(), at_most: Decimal = LARGEST_SUM) -> Decimal:
    """Rubles with two decimals: "12 345,67" or "12345.67" -> Decimal("12345.67").

    Nothing is rounded: a third decimal is refused, because it may be a thousands separator.

    Raises `money_format`, `money_decimals`, `money_negative`, `money_too_little` (at_least:
    rubles), `money_too_much` (at_most: rubles).
    """
    found = _SUM.fullmatch(text) if len(text) <= LONGEST else None
    if not found:
        typed = tidy(text)
        if typed[0] in _HYPHENS:
            raise InvalidValue("money_negative")
        found = _SUM.fullmatch(typed)
        if not found:
            raise InvalidValue("money_format")
    rubles, kopecks = found[1].replace(" ", ""), found[2] or ""
    if len(kopecks) > 2:
        raise InvalidValue("money_decimals")
    amount = Decimal(f"{rubles}.{kopecks:0<2}")
    if amount > at_most:
        raise InvalidValue("money_too_much", at_most=_written(at_most))
    if amount < at_least:
        raise InvalidValue("money_too_little", at_least=_written(at_least))
    return amount


def _written(amount: Decimal) -> str:
    """As people write it: "1 000 000", "1 000,50"."""
    return f"{amount:,.2f}".removesuffix(".00").replace(",", " ").replace(".", ",")


_NUMBER = re.compile(r"(-?)([0-9]{1,3}(?: [0-9]{3})+|[0-9]+)(?:[.,]([0-9]{1,2}))?")


def number(
    text: str, *, at_least: Decimal = Decimal(), at_most: Decimal = LARGEST_NUMBER
) -> Decimal:
    """How many or how much of something: "3" -> Decimal("3"), "2,5" -> Decimal("2.5").

    Raises `number_format`, `number_too_little` (at_least), `number_too_much` (at_most).
    """
    typed = re.sub(f"^[{_HYPHENS}]", "-", tidy(text))
    found = _NUMBER.fullmatch(typed)
    if not found:
        raise InvalidValue("number_format")
    sign, whole, decimals = found.groups()
    counted = Decimal(f"{sign}{whole.replace(' ', '')}.{decimals or ''}")
    if counted > at_most:
        raise InvalidValue("number_too_much", at_most=_written(at_most))
    if counted < at_least:
        raise InvalidValue("number_too_little", at_least=_written(at_least))
    return counted


# What this office gave out


def application_number(text: str) -> str:
    """The number of an application, as its receipt says it: "123-456-7890".

    Raises `application_number_format` (digits, found), `application_number_check_digit`.
    """
    digits = _digits(text, 10, "application_number_format")
    told = f"{digits[:3]}-{digits[3:6]}-{digits[6:]}"
    if not is_number(told):
        raise InvalidValue("application_number_check_digit")
    return told


SLOT_PATTERN = "[A-Za-z0-9][A-Za-z0-9._:-]{0,79}"
_SLOT = re.compile(SLOT_PATTERN)


def slot(text: str) -> str:
    """A time of an appointment, by the id in the list of free times. Raises `slot_format`."""
    typed = tidy(text)
    if not _SLOT.fullmatch(typed):
        raise InvalidValue("slot_format")
    return typed


# How to reach a person


_ORDINARY_MOBILE = re.compile(
    r"(?:\+7|8) ?\(?(9(?!30)[0-9]{2})\)? ?([0-9]{3})[ -]?([0-9]{2})[ -]?([0-9]{2})"
)
"""All mobile numbers of Russia, and no others of the code 7, begin with 9; of the code 930 not all
are given out yet."""


def phone(text: str) -> str:
    """A Russian phone number in E.164: "8 (916) 123-45-67" -> "+79161234567".

    Only the characters of a number are let through to the library, which would otherwise turn
    letters into digits and take extensions. Kazakhstan shares +7; the numbering plan tells it.

    Raises `phone_format`, `phone_not_russian`.
    """
    if found := _ORDINARY_MOBILE.fullmatch(text):
        return "+7" + "".join(found.groups())
    import phonenumbers  # noqa: PLC0415 - 45 ms that only forms with a phone should pay

    typed = tidy(text)
    if not re.fullmatch(rf"[{_HYPHENS}0-9+()./ ]+", typed):
        raise InvalidValue("phone_format")
    try:
        number = phonenumbers.parse(typed, "RU")
    except phonenumbers.NumberParseException as error:
        raise InvalidValue("phone_format") from error
    if number.country_code != 7 or phonenumbers.region_code_for_number(number) == "KZ":
        raise InvalidValue("phone_not_russian")
    if not phonenumbers.is_valid_number_for_region(number, "RU"):
        raise InvalidValue("phone_format")
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


_ORDINARY_EMAIL = re.compile(
    r"[A-Za-z0-9_]+(?:[.+-][A-Za-z0-9_]+)*@(?:[a-z0-9]+(?:-[a-z0-9]+)*\.)+(?:ru|com|org|net|su)"
)


def email(text: str) -> str:
    """An e-mail address with its domain in small letters, in Unicode: "ivan@почта.рф".

    DNS is not asked. A domain that mixes scripts is refused: with a Russian "а" in "mаil.ru" the
    letter goes to a stranger.

    Raises `email_cyrillic_letters` (found), `email_format`, `email_mixed_scripts` (found).
    """
    if len(text) <= 64 and _ORDINARY_EMAIL.fullmatch(text):
        return text
    import email_validator  # noqa: PLC0415 - 40 ms that only forms with an address should pay

    typed = tidy(text)
    before_at, _, _ = typed.rpartition("@")
    if cyrillic := [c for c in before_at if _script(c) == "CYRILLIC"]:
        raise InvalidValue("email_cyrillic_letters", found=_listed(cyrillic))
    try:
        address = email_validator.validate_email(
            typed, check_deliverability=False, allow_smtputf8=False
        )
    except email_validator.EmailNotValidError as error:
        raise InvalidValue("email_format") from error
    if len({_script(c) for c in address.domain if c.isalpha()}) > 1:
        raise InvalidValue("email_mixed_scripts", found=address.domain)
    return address.normalized


def _script(character: str) -> str:
    """The first word of the character's Unicode name, which for letters is the script."""
    return unicodedata.name(character, "").partition(" ")[0]


def postcode(text: str) -> str:
    """A Russian postal index: six digits, from 101000; none begins with 7 or 8.

    Raises `postcode_format` (digits, found), `postcode_unknown`.
    """
    digits = _digits(text, 6, "postcode_format")
    if digits < "101000" or digits[0] in "78":
        raise InvalidValue("postcode_unknown")
    return digits


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_KINDS_OF_PLACE = _words("""
    г город обл область р район край респ республика окр округ ао с село пос посёлок поселок пгт
    дер деревня хутор станица аул снт днп ул улица пер переулок пр просп проспект проезд ш шоссе
    наб набережная бул бульвар б-р пл площадь мкр микрорайон мкрн квартал тупик аллея линия км
    тер территория
""")
_HOUSE_WORDS = _words("""
    д дом вл влад владение домовладение уч участок зд здание стр строение к корп корпус соор
    сооружение литера лит
""")
_FLAT_WORDS = _words("""
    кв квартира ком комн комната пом помещение оф офис эт этаж подъезд под п секция блок
""")
_WORD_OR_NUMBER = re.compile("[А-ЯЁа-яё]+(?:-[А-ЯЁа-яё]+)*|[0-9]+(?:-?[А-ЯЁа-яё]+)?|,")
_HOUSE_NUMBER = re.compile("[0-9]{1,4}[а-яё]?")
_LATIN = re.compile("[A-Za-z]")
_AFTER_A_HOUSE = _HOUSE_WORDS | _FLAT_WORDS
_BEFORE_NO_HOUSE = _FLAT_WORDS | _KINDS_OF_PLACE
_NO_NAMES = _KINDS_OF_PLACE | _AFTER_A_HOUSE


def address(text: str, *, at_most: int = ADDRESS_LONGEST) -> str:
    """An address in Russian letters that names a place or street and a house.

    Which street there is nobody knows here; only what is missing is told. The house is a number
    after its word ("д. 7"), or one that no other word claims ("ул. Садовая, 7", not "ул. 8 Марта").

    Raises `address_mixed_letters` (found: words in both alphabets), `address_no_street`,
    `address_no_house`, `address_no_street_and_house`, and what `tidy` raises.
    """
    typed = tidy(" ".join(text.split()), longest=at_most)
    if _LATIN.search(typed) and (mixed := _mixed_words(typed)):
        raise InvalidValue("address_mixed_letters", found=_listed(mixed))
    parts = _WORD_OR_NUMBER.findall(typed.lower())
    has_street = any(len(p) > 1 and p[0].isalpha() and p not in _NO_NAMES for p in parts)
    has_house = _names_a_house(parts) or "б/н" in typed
    if not (has_street or has_house):
        raise InvalidValue("address_no_street_and_house")
    if not has_street:
        raise InvalidValue("address_no_street")
    if not has_house:
        raise InvalidValue("address_no_house")
    return typed


def _mixed_words(text: str) -> list[str]:
    """Those in two alphabets: "Cадовая" with a Latin "C"."""
    words = re.findall(r"[^\W\d_]+", text)
    return [word for word in words if not word.isascii() and _LATIN.search(word)]


def _names_a_house(parts: list[str]) -> bool:
    for place, part in enumerate(parts):
        if not _HOUSE_NUMBER.fullmatch(part):
            continue
        before = parts[place - 1] if place else ","
        if before in _HOUSE_WORDS:
            return True
        after = parts[place + 1] if place + 1 < len(parts) else ","
        ends_there = after == "," or after in _AFTER_A_HOUSE
        if ends_there and place and before not in _BEFORE_NO_HOUSE:
            return True
    return False


# What a document says of a person


def icd10(text: str) -> str:
    """A diagnosis code of ICD-10: "f20,0" -> "F20.0". Its form and its block, not the classifier.

    A Russian letter that looks like a Latin one is read as that one; of others it is told.

    Raises `icd10_russian_letter` (found), `icd10_format`, `icd10_unknown` (found: the category that
    no block has).
    """
    code = tidy(text).upper().replace(",", ".").translate(_CYRILLIC_AS_LATIN)
    if _script(code[0]) == "CYRILLIC":
        raise InvalidValue("icd10_russian_letter", found=code[0])
    if not re.fullmatch(r"[A-Z][0-9]{2}(\.[0-9]{1,2})?", code):
        raise InvalidValue("icd10_format")
    if not has_category(code[:3]):
        raise InvalidValue("icd10_unknown", found=code[:3])
    return code


_AFTER_THE_NAME = ("оглы", "оглу", "кызы", "гызы", "кизи", "угли", "улы", "уулу", "заде")
_BEFORE_THE_NAME = (
    *("де", "да", "ди", "дю", "ла", "фон", "ван", "дер", "тер"),
    *("эль", "аль", "ибн", "бен", "бин"),
)
_NAME_PARTICLES = frozenset(_AFTER_THE_NAME + _BEFORE_THE_NAME)
_NAME_SHAPE = re.compile("[А-ЯЁа-яё]+(?:[-' ][А-ЯЁа-яё]+)*")
_DELIBERATE_CAPITALS = re.compile("(?:[А-ЯЁ]')?(?:[А-ЯЁ][а-яё]+)+(?:'[а-яё]+)*")


_ORDINARY_NAME = re.compile("[А-ЯЁ][а-яё]+(?:-[А-ЯЁ][а-яё]+)?")


def name(text: str) -> str:
    """A surname, first name or patronymic in Russian letters: "ИВАНОВ - ПЕТРОВ" -> "Иванов-Петров".

    Capitals are mended, except where they look deliberate ("МакГрегор"); a particle typed small
    stays small ("Рамиз оглы"). Ё stays Ё.

    Raises `name_latin_letters` (found), `name_characters` (found), `name_separators`,
    `too_long` (at_most).
    """
    if len(text) <= NAME_LONGEST and _ORDINARY_NAME.fullmatch(text):
        return text
    typed = _with_plain_punctuation(tidy(text))
    if latin := [c for c in typed if _script(c) == "LATIN"]:
        raise InvalidValue("name_latin_letters", found=_listed(latin))
    if strange := re.findall("[^А-ЯЁа-яё' -]", typed):
        raise InvalidValue("name_characters", found=_listed(strange))
    if not _NAME_SHAPE.fullmatch(typed):
        raise InvalidValue("name_separators")
    if len(typed) > NAME_LONGEST:
        raise InvalidValue("too_long", at_most=NAME_LONGEST)
    if typed in _NAME_PARTICLES:
        return typed.capitalize()
    return "".join(_capitalised(part) for part in re.split("([- ])", typed))


def _with_plain_punctuation(text: str) -> str:
    """One kind of hyphen, without spaces around it, and one kind of apostrophe."""
    return re.sub(f"[{_APOSTROPHES}]", "'", re.sub(f" ?[{_HYPHENS}] ?", "-", text))


def _capitalised(part: str) -> str:
    """One part: "ПЕТРОВ" -> "Петров", "О'КОННОР" -> "О'Коннор", "ЛУК'ЯНОВ" -> "Лук'янов"."""
    if part in _NAME_PARTICLES or _DELIBERATE_CAPITALS.fullmatch(part):
        return part
    if part[1:2] == "'":
        return f"{part[0].upper()}'{part[2:].capitalize()}"
    return part.capitalize()


_PARTS_OF_A_DATE = ("day", "month", "year")
_ORDINARY_DATE = re.compile(r"([0-9]{2})\.([0-9]{2})\.([0-9]{4})")
_WRITTEN_DATE = re.compile(
    r"(?P<day>[0-9]{1,2})\.(?P<month>[0-9]{1,2})\.(?P<year>[0-9]{4})"
    r"|(?P<iso_year>[0-9]{4})-(?P<iso_month>[0-9]{2})-(?P<iso_day>[0-9]{2})"
)


def date(
    text: str,
    *,
    earliest: datetime.date = EARLIEST_DATE,
    latest: datetime.date | None = None,
) -> datetime.date:
    """A day written DD.MM.YYYY or YYYY-MM-DD, from `earliest` to `latest`, both included.

    Raises `date_format`, `date_does_not_exist` (found), `too_early` (earliest), `too_late`
    (latest).
    """
    if found := _ORDINARY_DATE.fullmatch(text):
        day, month, year = found.groups()
    elif found := _WRITTEN_DATE.fullmatch(tidy(text)):
        day, month, year = (found[part] or found[f"iso_{part}"] for part in _PARTS_OF_A_DATE)
    else:
        raise InvalidValue("date_format")
    try:
        written = datetime.date(int(year), int(month), int(day))
    except ValueError as error:
        raise InvalidValue("date_does_not_exist", found=found[0]) from error
    if written < earliest:
        raise InvalidValue("too_early", earliest=f"{earliest:%d.%m.%Y}")
    if latest and written > latest:
        raise InvalidValue("too_late", latest=f"{latest:%d.%m.%Y}")
    return written
