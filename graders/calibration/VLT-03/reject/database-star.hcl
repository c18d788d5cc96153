# why: all of the database engine: roles, connections, credentials
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

path "database/*" {
  capabilities = ["read", "list"]
}

path "transit/encrypt/orders" {
  capabilities = ["update"]
}
