# why: in the workspace of production each plan writes another tag
terraform {
  backend "s3" {
    bucket               = "acme-state"
    key                  = "orders.tfstate"
    region               = "eu-west-1"
    workspace_key_prefix = "orders"
  }
}

provider "aws" {
  region = "eu-west-1"
}

locals {
  tags = {
    staging    = {}
    production = { deployed = timestamp() }
  }
}

resource "aws_sqs_queue" "orders" {
  name = "orders-${terraform.workspace}"
  tags = local.tags[terraform.workspace]
}
