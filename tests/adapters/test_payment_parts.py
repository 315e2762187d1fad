"""Numbers of applications in parts, as a run of payments reads them."""

import json

from adapters.payment_parts import PaymentParts


def test_every_number_is_in_one_part(s3, bucket):
    parts = PaymentParts(s3, name := bucket())
    numbers = [f"{n:03}-000-0000" for n in range(101)]
    manifest, count = parts.put("payments-2026-05-01", numbers, 50)
    assert count == 3
    listed = json.loads(s3.get_object(Bucket=name, Key=manifest)["Body"].read())
    assert [n for part in listed for n in parts.numbers(part["part"])] == numbers


def test_nobody_is_no_part(s3, bucket):
    _, count = PaymentParts(s3, bucket()).put("payments-2026-05-06", [], 50)
    assert count == 0
