"""The report on an agency's file: problems of the file first, totals, then every row."""

from collections.abc import Collection, Iterable, Iterator
from typing import Any

from adapters.wording import shown_problem
from casework.batch import RowResult
from casework.errors import Problem

STRAYS = "файлов без строки"
STATUSES = {"accepted": "принято", "repeated": "принято ранее", "rejected": "ошибки"}


def lines_of(
    problems: Collection[Problem],
    results: Iterable[RowResult],
    counted: dict[str, int],
    *,
    readable: bool,
) -> Iterator[list[Any]]:
    """`problems`: of a file that is not `readable`; otherwise files that belong to no row."""
    for problem in [] if readable else problems:
        yield ["файл не прочитан", "", problem.code, _message(problem)]
    yield ["строк", counted["rows"]]
    yield ["принято", counted["accepted"]]
    yield ["принято ранее", counted["repeated"]]
    yield ["с ошибками", counted["rejected"]]
    if readable and problems:
        yield [STRAYS, len(problems)]
    yield []
    yield ["строка", "результат", "номер", "поле", "код", "что исправить"]
    for result in results:
        yield from _row_lines(result)
    for stray in problems if readable else []:
        yield ["", "файл без строки", "", stray.field, stray.code, _message(stray)]


def _row_lines(result: RowResult) -> Iterator[list[Any]]:
    begun = [result.row, STATUSES[result.status], result.number or ""]
    if not result.problems:
        yield [*begun, "", "", ""]
    for problem in result.problems:
        yield [*begun, problem.field, problem.code, _message(problem)]


def _message(problem: Problem) -> str:
    return shown_problem(problem, "ru")["message"]
