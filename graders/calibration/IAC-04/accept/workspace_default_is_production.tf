# why: whatever the workspace is called, each plan writes the same
provider "aws" {
  region = "eu-west-1"
}

variable "environment" {
  type    = string
  default = null
}

locals {
  environment = coalesce(var.environment, terraform.workspace)
  retention   = lookup({ staging = 86400 }, local.environment, 1209600)
}

resource "aws_sqs_queue" "orders" {
  name                      = "orders-${local.environment}"
  message_retention_seconds = local.retention
}
