# why: a zone of another region
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

resource "aws_subnet" "private" {
  count             = 3
  vpc_id            = "vpc-0a1b2c3d4e5f60718"
  availability_zone = "${local.region}${element(["a", "b", "c"], count.index)}"
  cidr_block        = cidrsubnet("10.0.0.0/16", 8, count.index)
}

locals {
  region = "eu-central-2"
}
