# why: near miss: a plus inside a segment, which is the name that the secret has
path "kv/data/cust+legacy/token" {
  capabilities = ["read"]
}
