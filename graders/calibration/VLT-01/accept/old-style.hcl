# why: the old form of a policy, and arguments on the line of the brace, as HCL 1 takes them
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

path "database/creds/orders-api" { policy = "read" }

path "transit/encrypt/orders" { capabilities = ["update"]
}
