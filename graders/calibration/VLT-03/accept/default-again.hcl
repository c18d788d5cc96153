# why: near miss: renewing its own token and leases, which the policy default gives anyway
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

path "database/creds/orders-api" {
  capabilities = ["read"]
}

path "transit/encrypt/orders" {
  capabilities = ["update"]
}

path "auth/token/renew-self" {
  capabilities = ["update"]
}
path "auth/token/lookup-self" {
  capabilities = ["read"]
}
path "sys/leases/renew" {
  capabilities = ["update"]
}
