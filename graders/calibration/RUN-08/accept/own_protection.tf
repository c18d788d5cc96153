# why: the table protects itself, the bucket is under prevent_destroy
provider "aws" {
  region = "eu-west-1"
}

resource "aws_dynamodb_table" "ledger" {
  name         = "ledger"
  billing_mode = "PAY_PER_REQUEST"
  hash_key     = "id"
  deletion_protection_enabled = true
  attribute {
    name = "id"
    type = "S"
  }
}

resource "aws_s3_bucket" "data" {
  bucket = "acme-ledger-data"
  lifecycle {
    prevent_destroy = true
  }
}
