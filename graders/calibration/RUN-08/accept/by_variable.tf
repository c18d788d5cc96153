# why: the protection is a variable that is true by default
provider "aws" {
  region = "eu-west-1"
}

variable "protect" {
  type    = bool
  default = true
}

resource "aws_dynamodb_table" "ledger" {
  name         = "ledger"
  billing_mode = "PAY_PER_REQUEST"
  hash_key     = "id"
  deletion_protection_enabled = var.protect
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
