provider "aws" {
  region = "eu-west-1"
}

locals {
  environment = terraform.workspace
  sizes       = { staging = 1, production = 2 }
}

data "terraform_remote_state" "net" {
  backend   = "s3"
  workspace = terraform.workspace
  config = {
    bucket = "b"
    key    = "net"
    region = "eu-west-1"
  }
}

resource "aws_sqs_queue" "q" {
  count = local.sizes[local.environment]
  name  = "q-${terraform.workspace}-${count.index}"
  tags  = { vpc = data.terraform_remote_state.net.outputs.vpc_id }
}
