# why: the queue takes only the first two of the bucket's three tags
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
  tags = { Owner = "team-orders", CostCenter = "4711", Environment = "production" }
}

resource "aws_s3_bucket" "exports" {
  bucket = "acme-orders-exports"
  tags   = local.tags
}

resource "aws_sqs_queue" "events" {
  name = "orders-events"
  tags = { for key in slice(keys(aws_s3_bucket.exports.tags), 0, 2) : key => local.tags[key] }
}
