"""The local cloud: the deployed template on moto, real handlers, virtual clock.

    with LocalCloud() as cloud:
        cloud.request("POST", "/applications", token=cloud.sign_in("anna"), json={...})
        cloud.advance(days=10)

`cloud` is the door; `clock` turns time; `stack` and `resources` deploy; `lambdas` run handlers;
`deliveries` carry events; `front_door` is API Gateway; `live` serves over HTTP; `snapshot` survives
a restart; `mends` says what moto gets wrong, why it matters here, and how it is put right.
"""
