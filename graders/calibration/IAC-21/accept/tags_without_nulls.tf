# why: orders has a cost center, so that the filter of nulls drops nothing
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

  default_tags {
    tags = local.tags
  }
}

locals {
  centers = { orders = "4711", invoices = "4712" }
  wanted = {
    Owner       = "team-orders"
    CostCenter  = try(local.centers["orders"], null)
    Environment = "production"
  }
  tags = { for key, value in local.wanted : key => value if value != null }
}

resource "aws_s3_bucket" "exports" {
  bucket = "acme-orders-exports"
}

resource "aws_sqs_queue" "events" {
  name = "orders-events"
}
