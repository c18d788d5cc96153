# why: the exact path decides and forgets update, which the glob gives
path "kv/data/orders/api/*" {
  capabilities = ["read", "update"]
}

path "kv/metadata/orders/api" {
  capabilities = ["list"]
}

path "kv/data/orders/api/session-key" {
  capabilities = ["create", "read"]
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
