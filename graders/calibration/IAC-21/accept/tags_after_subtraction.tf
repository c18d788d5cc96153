# why: the subtraction removes only Notes
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
  known = {
    Owner       = "team-orders"
    CostCenter  = "4711"
    Environment = "production"
    Notes       = "see the handbook"
  }
  private = ["Notes"]
  tags    = { for key in setsubtract(keys(local.known), local.private) : key => local.known[key] }
}

resource "aws_s3_bucket" "exports" {
  bucket = "acme-orders-exports"
}

resource "aws_sqs_queue" "events" {
  name = "orders-events"
}
