# why: comments of all kinds, single capabilities repeated in other order
/* orders-api
   one policy */
// database
path "database/creds/orders-api" { capabilities = ["read"] }
# transit
path "transit/encrypt/orders" { capabilities = ["update"] }
path "legacy/orders/smtp"     { capabilities = ["read"] }
path "kv/metadata/orders/api/" { capabilities = ["list"] }
path "kv/data/orders/api/+"   { capabilities = ["read"] }
path "kv/data/orders/api/session-key" {
  capabilities = ["update", "create", "read"] # rotated daily
}
