# why: a glob behind part of a name, where every such name is its own by agreement (the key of each customer)
path "kv/data/cust-*" {
  capabilities = ["read"]
}
