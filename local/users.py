"""People of the user pool, with one password that everybody knows, unless they chose another."""

import re
import zlib

from adapters import clock
from adapters.accounts import Accounts
from adapters.aws import client
from adapters.sealed_table import item_of
from adapters.staff import Member, as_item
from casework.accounts import Account, Identity
from local.aws import Backends

PASSWORD = "Local-Passw0rd!"  # noqa: S105  only ever in this process


def sign_in(stack, name, groups, attributes) -> str:
    (pool,) = stack.of_type("AWS::Cognito::UserPool")
    app = stack.of_type("AWS::Cognito::UserPoolClient")[0]
    (table,) = stack.of_type("AWS::DynamoDB::Table")
    if add(pool.physical_resource_id, name, groups, attributes):
        open_account(table.physical_resource_id, name)
    note_staff(table.physical_resource_id, pool.physical_resource_id, name)
    password = Backends().cognito.user_pools[pool.physical_resource_id]._get_user(name).password
    signed_in = client("cognito-idp").admin_initiate_auth(
        UserPoolId=pool.physical_resource_id,
        ClientId=app.physical_resource_id,
        AuthFlow="ADMIN_USER_PASSWORD_AUTH",
        AuthParameters={"USERNAME": name, "PASSWORD": password},
    )
    return signed_in["AuthenticationResult"]["IdToken"]


def add(pool_id, name, groups=(), attributes=None) -> bool:
    """Whether nobody was called so before."""
    is_new = Backends().cognito.user_pools[pool_id]._get_user(name) is None
    cognito, user = client("cognito-idp"), {"UserPoolId": pool_id, "Username": name}
    listed = _listed(attributes or {})
    if is_new:
        known = _listed({**verified_phone(name), **(attributes or {})})
        cognito.admin_create_user(**user, UserAttributes=known, MessageAction="SUPPRESS")
        cognito.admin_set_user_password(**user, Password=PASSWORD, Permanent=True)
    elif listed:
        cognito.admin_update_user_attributes(**user, UserAttributes=listed)
    for group in groups:
        cognito.admin_add_user_to_group(**user, GroupName=group)
    return is_new


def open_account(table, name, snils=""):
    """As if the person had signed up with the phone and had been seen by an officer; written
    past the API, since nearly every test needs somebody and a call takes 3 ms. Without the `snils`
    of a check, forms may hold any."""
    stored, known = Backends().dynamodb.tables[table], Accounts(None, table)
    for item in known.items(account_of(name, snils)):
        stored.put_item(item)


def account_of(name, snils="") -> Account:
    now = clock.now()
    return Account(
        name,
        verified_phone(name)["phone_number"],
        now,
        now,
        email=f"{re.sub('[^a-z0-9-]', '', name.lower())}@example.org",
        email_confirmed=True,
        has_password=True,
        identity=Identity("video", now, "officer", snils),
    )


def note_staff(table, pool_id, name):
    """As if the person had signed in at the door, where the name is read; past the API, too."""
    user = Backends().cognito.user_pools[pool_id]._get_user(name)
    groups = {group.group_name for group in user.groups} - {"agencies"}
    if groups:
        told, roles = user.attribute_lookup, tuple(sorted(g.removesuffix("s") for g in groups))
        region, today = told.get("custom:region"), clock.now().date()
        item = as_item(Member(name, told.get("name", ""), roles, region, today))
        Backends().dynamodb.tables[table].put_item(item_of(item))


def verified_phone(name) -> dict[str, str]:
    """Everybody here has one of his own, unless the attributes say otherwise."""
    number = f"+7999{zlib.crc32(name.encode()) % 10**7:07d}"
    return {"phone_number": number, "phone_number_verified": "true"}


def _listed(attributes):
    return [{"Name": key, "Value": value} for key, value in attributes.items()]


def remove_all():
    for pool in Backends().cognito.user_pools.values():
        for name in list(pool.users):
            client("cognito-idp").admin_delete_user(UserPoolId=pool.id, Username=name)
