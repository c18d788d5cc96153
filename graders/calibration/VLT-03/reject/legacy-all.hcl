# why: all of the engine of version 1
path "kv/data/orders/api/*" {
  capabilities = ["read"]
}

path "kv/metadata/orders/api" {
  capabilities = ["list"]
}

path "kv/data/orders/api/session-key" {
  capabilities = ["create", "read", "update"]
}

path "legacy/*" {
  capabilities = ["read"]
}

path "database/creds/orders-api" {
  capabilities = ["read"]
}

path "transit/encrypt/orders" {
  capabilities = ["update"]
}
