# why: the protection asks for «prod», and the environment is called «production»
provider "aws" {
  region = "eu-west-1"
}

variable "environment" {
  type    = string
  default = "production"
}

resource "aws_dynamodb_table" "ledger" {
  name         = "ledger"
  billing_mode = "PAY_PER_REQUEST"
  hash_key     = "id"
  attribute {
    name = "id"
    type = "S"
  }
  deletion_protection_enabled = var.environment == "prod"
}

resource "aws_s3_bucket" "data" {
  bucket = "acme-ledger-data"
  lifecycle {
    prevent_destroy = true
  }
}
