# why: the deny on the exact secret without data/ protects nothing
path "kv/data/orders/*" {
  capabilities = ["read"]
}
path "kv/orders/worker/smtp" {
  capabilities = ["deny"]
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
