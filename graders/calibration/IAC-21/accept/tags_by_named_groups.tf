# why: the names of the regex's groups are the three keys
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
  line = "team-orders/4711/production"
  tags = regex("^(?P<Owner>[^/]+)/(?P<CostCenter>[0-9]+)/(?P<Environment>[a-z]+)$", local.line)
}

resource "aws_s3_bucket" "exports" {
  bucket = "acme-orders-exports"
}

resource "aws_sqs_queue" "events" {
  name = "orders-events"
}
