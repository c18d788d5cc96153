# why: the bucket uses the service's own key
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

resource "aws_kms_key" "orders" {
  description             = "Data of orders"
  enable_key_rotation     = true
  deletion_window_in_days = 30
}

resource "aws_kms_alias" "orders" {
  name          = "alias/orders"
  target_key_id = aws_kms_key.orders.key_id
}

resource "aws_s3_bucket" "exports" {
  bucket = "acme-orders-exports"

  lifecycle {
    prevent_destroy = true
  }
}
