# why: both tables get the block with the key, because both hold a listed class
terraform {
  required_version = "~> 1.11.0"
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 5.100"
    }
  }
  backend "s3" {
    bucket       = "acme-terraform-state"
    key          = "orders/production/terraform.tfstate"
    region       = "eu-central-1"
    encrypt      = true
    use_lockfile = true
  }
}

provider "aws" {
  region = "eu-central-1"
}

locals {
  tables = {
    carts    = { key = "cart_id", classes = ["payment"] }
    sessions = { key = "session_id", classes = ["personal"] }
  }
}

resource "aws_kms_key" "tables" {
  description             = "Tables of the shop"
  enable_key_rotation     = true
  deletion_window_in_days = 30
}

resource "aws_dynamodb_table" "shop" {
  for_each     = local.tables
  name         = each.key
  billing_mode = "PAY_PER_REQUEST"
  hash_key     = each.value.key

  attribute {
    name = each.value.key
    type = "S"
  }

  dynamic "server_side_encryption" {
    for_each = setintersection(each.value.classes, ["payment", "personal"])
    content {
      enabled     = true
      kms_key_arn = aws_kms_key.tables.arn
    }
  }
}
