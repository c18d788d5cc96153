# why: a `+` for the sub-API covers values and names (VLT-01 says what else)
path "kv/+/orders/api/*" {
  capabilities = ["read", "list"]
}

path "kv/+/orders/api" {
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
