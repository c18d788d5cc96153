# why: near miss: a glob over all roles, which VLT-01 judges
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

path "database/creds/*" {
  capabilities = ["read"]
}

path "transit/encrypt/orders" {
  capabilities = ["update"]
}
