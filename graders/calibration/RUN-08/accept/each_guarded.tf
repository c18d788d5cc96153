# why: several tables and buckets by for_each, all of them guarded
provider "aws" {
  region = "eu-west-1"
}

resource "aws_s3_bucket" "data" {
  for_each = toset(["in", "out"])
  bucket   = "acme-ledger-${each.key}"
  lifecycle {
    prevent_destroy = true
    ignore_changes  = [tags]
  }
}

resource "aws_dynamodb_table" "ledger" {
  for_each                    = { entries = "id", accounts = "number" }
  name                        = each.key
  billing_mode                = "PAY_PER_REQUEST"
  hash_key                    = each.value
  deletion_protection_enabled = true
  attribute {
    name = each.value
    type = "S"
  }
}
