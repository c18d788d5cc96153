# why: secret/ is the mount of the documentation, here it is kv/
path "secret/data/orders/api/*" {
  capabilities = ["read"]
}

path "secret/metadata/orders/api" {
  capabilities = ["list"]
}

path "secret/data/orders/api/session-key" {
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
