# why: everything by metadata/, which holds no values
path "kv/metadata/orders/api/*" {
  capabilities = ["read", "list"]
}

path "kv/metadata/orders/api" {
  capabilities = ["list"]
}

path "kv/metadata/orders/api/session-key" {
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
