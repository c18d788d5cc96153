# why: the table is protected in production, which is the default
provider "aws" {
  region = "eu-west-1"
}

variable "environment" {
  type    = string
  default = "production"
}

locals {
  protect = contains(["production", "staging"], var.environment)
}

resource "aws_dynamodb_table" "ledger" {
  name         = "ledger"
  billing_mode = "PAY_PER_REQUEST"
  hash_key     = "id"
  attribute {
    name = "id"
    type = "S"
  }
  deletion_protection_enabled = local.protect
}

resource "aws_s3_bucket" "data" {
  bucket = "acme-ledger-data-${var.environment}"
  lifecycle {
    prevent_destroy = true
  }
}
