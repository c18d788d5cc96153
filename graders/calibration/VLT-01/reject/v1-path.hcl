# why: the path of version 1 on a mount of version 2: nothing is read
path "kv/orders/api/*" {
  capabilities = ["read", "list"]
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
