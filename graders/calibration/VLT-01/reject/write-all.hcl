# why: may write every secret of its own where it writes one
path "kv/data/orders/api/*" {
  capabilities = ["create", "read", "update"]
}

path "kv/metadata/orders/api" {
  capabilities = ["list"]
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
