# why: the subtraction takes the recovery from prices
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
  tables    = { carts = "cart_id", orders = "order_id", prices = "sku" }
  derived   = toset(["prices", "search_index"])
  protected = setsubtract(keys(local.tables), local.derived)
}

resource "aws_dynamodb_table" "shop" {
  for_each                    = local.tables
  name                        = each.key
  billing_mode                = "PAY_PER_REQUEST"
  hash_key                    = each.value
  deletion_protection_enabled = true

  attribute {
    name = each.value
    type = "S"
  }

  point_in_time_recovery {
    enabled = contains(local.protected, each.key)
  }

  lifecycle {
    prevent_destroy = true
  }
}
