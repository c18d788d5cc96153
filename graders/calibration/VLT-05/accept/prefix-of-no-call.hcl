# why: near miss: list behind part of a name on data/, where the engine has no such call
path "kv/data/orders/api/*" {
  capabilities = ["read"]
}

path "kv/metadata/orders/api" {
  capabilities = ["list"]
}

path "kv/data/orders/api/session-key" {
  capabilities = ["create", "read", "update"]
}

path "legacy/orders/smtp" {
  capabilities = ["read"]
}

path "database/creds/orders-api" {
  capabilities = ["read"]
}

path "transit/encrypt/orders" {
  capabilities = ["update"]
}

path "kv/data/orders/api*" {
  capabilities = ["list"]
}
