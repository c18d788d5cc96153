# why: the whole policy in the paths of version 1
path "kv/orders/api/*" {
  capabilities = ["read"]
}

path "kv/orders/api" {
  capabilities = ["list"]
}

path "kv/orders/api/session-key" {
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
