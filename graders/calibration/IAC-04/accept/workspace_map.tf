# why: everything that differs hangs on the workspace, of which there is none called default
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
  settings = {
    staging = { queues = 1, retention = 86400 }
    prod    = { queues = 3, retention = 1209600 }
  }
  mine = local.settings[terraform.workspace]
}

resource "aws_sqs_queue" "orders" {
  count                     = local.mine.queues
  name                      = "orders-${terraform.workspace}-${count.index}"
  message_retention_seconds = local.mine.retention
  tags                      = { Environment = terraform.workspace }
}
