# why: a template that the entity has no value for: the path is left out
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

path "database/creds/{{identity.entity.metadata.service}}" {
  capabilities = ["read"]
}

path "transit/encrypt/orders" {
  capabilities = ["update"]
}
