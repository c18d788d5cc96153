# why: title() makes Costcenter of the one word
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
  facts = { owner = "team-orders", "costcenter" = "4711", environment = "production" }
  tags  = { for key, value in local.facts : replace(title(key), " ", "") => value }
}

resource "aws_s3_bucket" "exports" {
  bucket = "acme-orders-exports"
  tags   = local.tags
}

resource "aws_sqs_queue" "events" {
  name = "orders-events"
  tags = local.tags
}
