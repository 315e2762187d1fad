import boto3

from tests.local.conftest import START


def test_properties_that_matter_are_there(cloud):
    s3, bucket = boto3.client("s3"), cloud.outputs["Uploads"]
    assert s3.get_bucket_versioning(Bucket=bucket)["Status"] == "Enabled"
    kms, key = boto3.client("kms"), cloud.outputs["Key"]
    assert kms.describe_key(KeyId="alias/fixture")["KeyMetadata"]["KeyId"] == key


def test_reset_forgets_everything_but_the_deployment(cloud, app, table, start):
    table.put_item(Item={"pk": "A-1", "sk": "EVENT#1"})
    boto3.client("s3").put_object(Bucket=cloud.outputs["Uploads"], Key="in/a", Body=b"")
    cloud.sign_in("anna")
    start("A-1", case="A-1", patience=24 * 3600)
    cloud.advance(days=1)
    app.forget()

    later = START.replace(year=2027)
    cloud.reset(start=later)
    cloud.settle()

    assert cloud.now() == later
    assert table.scan()["Items"] == []
    assert "Contents" not in boto3.client("s3").list_objects_v2(Bucket=cloud.outputs["Uploads"])
    executions = boto3.client("stepfunctions").list_executions(
        stateMachineArn=cloud.outputs["Review"]
    )
    assert executions["executions"] == []
    assert (cloud.sms, cloud.emails, cloud.calls, dict(app.seen)) == ([], [], [], {})
    cloud.advance(hours=1)
    assert app.seen["ticks"] == ["2027-03-02T10:00:00Z"]


def test_letters_are_kept(cloud):
    boto3.client("sesv2").send_email(
        FromEmailAddress="no-reply@opora.example",
        Destination={"ToAddresses": ["anna@example.org"]},
        Content={"Simple": {"Subject": {"Data": "Решение"}, "Body": {"Text": {"Data": "Принято"}}}},
    )
    assert cloud.emails == [(["anna@example.org"], "Решение", "Принято")]
