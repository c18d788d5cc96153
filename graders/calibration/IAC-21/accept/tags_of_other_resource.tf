# why: the queue takes the three tags from the bucket
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
  tags = merge(aws_s3_bucket.exports.tags, { Name = "orders-events" })
}
