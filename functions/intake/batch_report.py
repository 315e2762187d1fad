"""The report on an agency's file: whether it was a dry run, what concerns the whole file, totals,
then every row."""

from collections.abc import Collection, Iterable, Iterator
from typing import Any

from adapters.wording import shown_problem
from casework.batch import RowResult
from casework.errors import Problem

STRAYS = "файлов без строки"
DRY_RUN = "пробная проверка"
NOTHING_DONE = "заявления не созданы, никому ничего не отправлено"
STATUSES = {"accepted": "принято", "repeated": "принято ранее", "rejected": "ошибки"}
FORESEEN = {"accepted": "будет принято", "repeated": "принято ранее", "rejected": "ошибки"}


def lines_of(
    problems: Collection[Problem],
    results: Iterable[RowResult],
    counted: dict[str, int],
    *,
    readable: bool,
    dry_run: bool,
) -> Iterator[list[Any]]:
    """`problems`: of a file that is not `readable`; otherwise of its name, and files that belong to
    no row."""
    statuses = FORESEEN if dry_run else STATUSES
    strays = [problem for problem in problems if readable and problem.field]
    if dry_run:
        yield [DRY_RUN, NOTHING_DONE]
    for problem in problems:
        if problem not in strays:
            read = "файл прочитан" if readable else "файл не прочитан"
            yield [read, "", problem.code, _message(problem)]
    yield ["строк", counted["rows"]]
    yield [statuses["accepted"], counted["accepted"]]
    yield [statuses["repeated"], counted["repeated"]]
    yield ["с ошибками", counted["rejected"]]
    if strays:
        yield [STRAYS, len(strays)]
    yield []
    yield ["строка", "результат", "номер", "поле", "код", "что исправить"]
    for result in results:
        yield from _row_lines(result, statuses[result.status])
    for stray in strays:
        yield ["", "файл без строки", "", stray.field, stray.code, _message(stray)]


def _row_lines(result: RowResult, status: str) -> Iterator[list[Any]]:
    begun = [result.row, status, result.number or ""]
    if not result.problems:
        yield [*begun, "", "", ""]
    for problem in result.problems:
        yield [*begun, problem.field, problem.code, _message(problem)]


def _message(problem: Problem) -> str:
    return shown_problem(problem, "ru")["message"]
